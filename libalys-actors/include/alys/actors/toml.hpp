// SPDX-License-Identifier: Apache-2.0
//
// Configuration from TOML files into structs announced with ALYS_CONFIG, and back.
//
// What the file does not mention keeps its default. What it mentions must exist, have the right type and lie in range: every mistake is
// refused, all of them at once, each with file, line, key, value and what is allowed. Understood are bool, whole and floating numbers,
// strong integers (a type with value(), made from it), std::string, std::filesystem::path, enums announced with ALYS_ENUM, durations
// ("250ms", never a bare number), types with a text of their own (config_text.hpp), nested structs, and std::optional, std::vector and
// std::map<std::string, ...> of these. A struct that says `static constexpr bool complete = true;` has no defaults: each of its fields must
// be mentioned, but for those that are std::optional.
//
// ```cpp
// struct queue_config {
//   std::size_t depth = 100;
//   std::chrono::milliseconds patience{250};
//   void validate(alys::problem_list& problems) const {
//     if (depth == 0) problems.push_back({"depth", "must be at least 1"});
//   }
// };
// ALYS_CONFIG(queue_config, depth, patience)
// struct node_config {
//   std::string name = "node";
//   queue_config in;
// };
// ALYS_CONFIG(node_config, name, in)
//
// inline std::string complaint() {
//   return alys::from_toml<node_config>("[in]\ndepht = 5\npatience = 30\n", "node.toml").error().text();
//   // node.toml:2: in.depht = 5: unknown key; allowed: depth, patience
//   // node.toml:3: in.patience = 30: must be a duration with a unit, like "30s" or "250ms"
// }
// ```
#pragma once

#include <alys/actors/detail/toml_read.hpp>
#include <alys/actors/detail/toml_write.hpp>
#include <alys/actors/result.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace alys {

// Why a configuration was refused. The text of the error lists every problem, one a line.
enum class config_error : std::uint8_t {
  none,
  unreadable, // the file is not there, or cannot be read
  too_large,  // beyond the size that was allowed
  malformed,  // not TOML
  invalid,    // TOML, but not this configuration
};
constexpr classification alys_classify(config_error) noexcept { return {category::configuration}; }
ALYS_ERRORS(config_error, unreadable, too_large, malformed, invalid)

// The largest configuration file that is read unless told otherwise, in bytes.
inline constexpr std::size_t max_config_file = 1'048'576;

// Reads a configuration from text. `name` is what its problems are reported under; `defaults` holds what the text need not mention.
template <reflected T>
[[nodiscard]] result<T> from_toml(std::string_view text, std::string_view name = "config", T defaults = {}) {
  detail::toml_document document{text, name};
  if (document.malformed()) return fail(config_error::malformed, document.problems());
  detail::toml_reader{document}.read_struct(document.root(), defaults, {});
  if (document.refused()) return fail(config_error::invalid, document.problems());
  return defaults;
}

// The whole file as text, if it can be read and is no larger than that. Fails with a config_error.
[[nodiscard]] result<std::string> read_config_file(const std::filesystem::path& file, std::size_t max_bytes = max_config_file);

// Reads a configuration from a file.
template <reflected T>
[[nodiscard]] result<T> load_toml(const std::filesystem::path& file, T defaults = {}, std::size_t max_bytes = max_config_file) {
  const result<std::string> text = read_config_file(file, max_bytes);
  if (!text) return text.error();
  return from_toml<T>(*text, file.string(), std::move(defaults));
}

// The configuration as TOML: with every field, so also what was left to its default. from_toml reads it back as the same.
template <reflected T>
[[nodiscard]] std::string to_toml(const T& config) {
  std::string text;
  detail::write_toml_table(config, {}, text);
  return text;
}

} // namespace alys
