// SPDX-License-Identifier: Apache-2.0
//
// Chain specs of the earlier implementation of Alys in Rust, which are JSON, made into specs of this one. What carries over and what cannot
// is in docs/adr/0014-chain-specs.md: its authorities have BLS keys, which sign nothing here, and some of what a spec needs is not in
// such a file at all. The operator adds that in a TOML file (spec_additions_form()).
//
// ```cpp
// inline alys::result<alys::domain::imported_spec> imported(const std::string& json, const std::string& additions) {
//   return alys::domain::import_spec({.json = json, .json_name = "chain.json", .additions = additions, .additions_name = "additions.toml"});
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/chain/chain_spec.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace alys::domain {

struct import_source {
  std::string_view json;
  std::string_view json_name; // what problems of it are reported under
  std::string_view additions; // TOML
  std::string_view additions_name;
};

struct imported_spec {
  chain_spec spec;
  std::vector<std::string> notes; // what was left out, and why: "chain.json:12: isValidator = true: is a setting of a node, ..."
};

// Nothing is guessed: a member of the JSON that is missing, unknown, of another type or out of range is refused, as is a list whose length
// differs from another's, and an authority without a key of ours. Fails with a config_error (toml.hpp) whose text lists all problems of one
// file, one a line: file, line, key, value, and what is allowed.
[[nodiscard]] alys::result<imported_spec> import_spec(const import_source& source);

// A file of additions to fill in, for this JSON: its authorities by their BLS keys. Fails as import_spec does.
[[nodiscard]] alys::result<std::string> spec_additions_form(std::string_view json, std::string_view json_name);

} // namespace alys::domain
