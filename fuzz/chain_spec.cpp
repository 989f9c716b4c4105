// SPDX-License-Identifier: Apache-2.0
//
// Chain specs from files of any content: TOML, the JSON of the earlier implementation, and additions to it. The three parts of an input are
// divided by a byte of zero. What is taken is a spec that a chain can run by, and survives its own file.
#include "require.hpp"

#include <alys/domain/chain/spec_file.hpp>
#include <alys/domain/chain/spec_import.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace {

void require_good(const alys::domain::chain_spec& spec) {
  fuzz::require(alys::domain::check(spec).has_value(), "what is taken is a spec that a chain can run by");
  fuzz::require(alys::domain::spec_from_toml(alys::domain::spec_to_toml(spec), "again") == spec, "a spec survives its file");
}

[[nodiscard]] std::string_view next_part(std::string_view& rest) {
  const std::string_view part = rest.substr(0, rest.find('\0'));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alys::domain;
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  if (const auto spec = spec_from_toml(next_part(rest), "spec.toml")) require_good(*spec);
  const std::string_view json = next_part(rest);
  const auto made = import_spec({.json = json, .json_name = "chain.json", .additions = rest, .additions_name = "additions.toml"});
  if (made) require_good(made->spec);
  (void)spec_additions_form(json, "chain.json");
  return 0;
}
