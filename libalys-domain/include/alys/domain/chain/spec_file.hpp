// SPDX-License-Identifier: Apache-2.0
//
// Chain specs as TOML, the form that operators pass around. A file says everything: what it leaves out has no default, because two nodes that
// guess are on two chains. docs/reference/chain-spec.md has all keys.
//
// ```cpp
// inline bool is_lossless(const alys::domain::chain_spec& spec) {
//   return alys::domain::spec_from_toml(alys::domain::spec_to_toml(spec), "spec.toml") == spec;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/chain/chain_spec.hpp>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace alys::domain {

// One key of a spec file; "federation.fee_recipient" is that of each member.
struct spec_field {
  std::string_view key;
  std::string_view type;
  std::string_view allowed; // may be empty
  std::string_view meaning;
};

// All keys, in the order of the file.
[[nodiscard]] std::span<const spec_field> spec_fields() noexcept;

// Reads a spec that a chain can run by. Fails with a config_error (toml.hpp) whose text lists all that is wrong, one problem a line: file, line,
// key, value, and what is allowed. `name`: what the problems are reported under.
[[nodiscard]] alys::result<chain_spec> spec_from_toml(std::string_view text, std::string_view name);

// The same from a file, of at most 1 MiB.
[[nodiscard]] alys::result<chain_spec> load_spec(const std::filesystem::path& file);

// The spec as a file, with a comment on every key.
[[nodiscard]] std::string spec_to_toml(const chain_spec& spec);

} // namespace alys::domain
