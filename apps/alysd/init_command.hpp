// SPDX-License-Identifier: Apache-2.0
//
// What a node needs before its first start: `alysd init` and `alysd keygen`.
#pragma once

#include "exit_codes.hpp"

#include <cstdint>
#include <string>

namespace alysd {

struct new_node {
  std::string folder; // new or empty
  std::uint64_t chain_id = 0;
  std::string fee_recipient; // an address
};

// Makes the folder, which only its owner may enter, with a key file, the spec of a chain whose only authority has that key, and a
// configuration that names both. Nothing that exists is touched.
[[nodiscard]] exit_code make_node(const new_node& wanted);

// Makes a key file with mode 0600 and prints its public key.
[[nodiscard]] exit_code make_key(const std::string& file);

} // namespace alysd
