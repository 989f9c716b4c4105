// SPDX-License-Identifier: Apache-2.0
//
// alysd's configuration, of any text: it is taken whole or every line of the refusal names the file, and what is taken survives its own text.
#include "require.hpp"

#include <config.hpp>

#include <alys/actors/toml.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view name = "alysd.toml";

void require_named(const std::string& refusal) { fuzz::require(refusal.find(name) != std::string::npos, "a refusal names the file"); }

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto config = alys::from_toml<alysd::node_config>(text, name);
  if (!config) {
    require_named(config.error().text());
    return 0;
  }
  const std::string written = alys::to_toml(*config);
  const auto again = alys::from_toml<alysd::node_config>(written, name);
  fuzz::require(again.has_value(), "what was taken is taken again");
  fuzz::require(alys::to_toml(*again) == written, "and is the same");
  return 0;
}
