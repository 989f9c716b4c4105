// SPDX-License-Identifier: Apache-2.0
//
// How a chain that was found on disk differs from the spec that a node was given, in words for its operator. A genesis block holds no more
// than a commitment to its spec, so this is what blocks let one conclude, and not everything.
//
// ```cpp
// inline bool says_something(const alys::domain::chain_spec& spec, const alys::domain::block& genesis, const alys::domain::block& head) {
//   return !alys::domain::differences(spec, genesis, head).empty();
// }
// ```
#pragma once

#include <alys/domain/chain/chain_spec.hpp>

#include <string>

namespace alys::domain {

// "slots of 2000 ms there, 500 ms here", with semicolons between several; in general terms if the blocks show none. `genesis` and `head` are of
// one chain, which is not the spec's. About 100 us.
[[nodiscard]] std::string differences(const chain_spec& spec, const block& genesis, const block& head);

} // namespace alys::domain
