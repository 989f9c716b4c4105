// SPDX-License-Identifier: Apache-2.0
//
// `alysd tree`: the actors of a running node, as it tells over JSON-RPC.
#pragma once

#include "exit_codes.hpp"

#include <cstdint>
#include <string>

namespace alysd {

struct tree_view {
  std::string url = "http://127.0.0.1:3000"; // JSON-RPC of the node
  bool json = false;                         // what the node answers, as it is
  bool asks = false;                         // who may ask whom, in place of the tree
  bool policies = false;                     // the effective policy of each slot too
  std::uint32_t watch_seconds = 0;           // again and again, with messages per second; 0: once
};

// Shows it on standard output; a watched one until the node or the reader goes away.
[[nodiscard]] exit_code show_tree(const tree_view& wanted);

} // namespace alysd
