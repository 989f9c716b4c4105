// SPDX-License-Identifier: Apache-2.0
//
// Files of an authority's key and of an execution client's secret, of any content: taken are 64 hexadecimal digits and what may stand around
// them, and nothing else.
#include "require.hpp"

#include "support/temporary_folder.hpp"

#include <alys/domain/aura/key_file.hpp>
#include <alys/domain/engine/engine_secret.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace {

using namespace alys::domain;

// One file for all inputs, since its mode is a part of what is checked.
class private_file {
public:
  private_file() : path_(folder_.path() / "secret") {
    std::ofstream{path_};
    std::filesystem::permissions(path_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  void write(std::string_view content) const {
    std::ofstream out{path_, std::ios::binary | std::ios::trunc};
    out << content;
    fuzz::require(out.flush().good(), "the test's own file can be written");
  }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
  alys::test::temporary_folder folder_{alys::test::quick_place()};
  std::filesystem::path path_;
};

[[nodiscard]] bool is_secret(std::string_view content) {
  constexpr std::string_view digits = "0123456789abcdefABCDEF";
  if (content.ends_with('\n')) content.remove_suffix(1);
  return content.size() == 64 && content.find_first_not_of(digits) == std::string_view::npos;
}

template <class Loaded>
void require_right(const Loaded& loaded, bool well_formed) {
  fuzz::require(loaded.has_value() || loaded == (well_formed ? key_file_error::unusable : key_file_error::malformed),
                "a refusal says whether the form or the number is wrong");
  fuzz::require(!loaded.has_value() || well_formed, "nothing else is taken");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const private_file file;
  std::string_view content{reinterpret_cast<const char*>(data), size};
  file.write(content);
  require_right(load_key_file(file.path()), is_secret(content));
  const auto secret = engine_secret::load(file.path());
  if (content.starts_with("0x")) content.remove_prefix(2);
  require_right(secret, is_secret(content));
  return 0;
}
