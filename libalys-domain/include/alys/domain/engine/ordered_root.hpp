// SPDX-License-Identifier: Apache-2.0
//
// The root that a header has for a list: a trie from the RLP of each position to the item there. Used for transactions, receipts and
// withdrawals (Ethereum yellow paper, section 4.3.2; EIP-4895).
//
// ```cpp
// inline bool nothing() { return alys::domain::ordered_root({}) == alys::domain::empty_trie_root; }
// ```
#pragma once

#include <alys/domain/engine/account.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>

#include <span>

namespace alys::domain {

// The root of these items in this order. No item may be empty. Some 3 us an item.
[[nodiscard]] hash256 ordered_root(std::span<const bytes> items);

} // namespace alys::domain
