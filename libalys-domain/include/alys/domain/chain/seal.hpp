// SPDX-License-Identifier: Apache-2.0
//
// What authorities sign about a block. A seal says "I made this block for my slot", an approval "I executed it and it is valid". Each kind
// has a hash tag of its own, and the hash binds chain id, fork and slot besides the block's id: a signature counts for one kind, on one
// chain, in one slot. As the slot is bound, two approvals of one authority in one slot prove its fault without the blocks themselves.
//
// ```cpp
// inline bool example(const alys::domain::block_header& header, const alys::domain::secret_key& key) {
//   return alys::domain::is_seal(header, key.public_key(), alys::domain::seal_of(header, key));
// }
// ```
#pragma once

#include <alys/domain/chain/block.hpp>

namespace alys::domain {

// The hash to sign. About a microsecond.
[[nodiscard]] hash256 seal_message(const block_header&);
[[nodiscard]] hash256 approval_message(const block_header&);

// Signs. The caller has made the vote durable first (see vote.hpp).
[[nodiscard]] schnorr_signature seal_of(const block_header&, const secret_key&);
[[nodiscard]] approval approve(const block_header&, authority_index, const secret_key&);

// True if `key` made this seal for this header. About 50 us each.
[[nodiscard]] bool is_seal(const block_header&, const schnorr_public_key& key, const schnorr_signature&);
[[nodiscard]] bool is_approval(const block_header&, const schnorr_public_key& key, const schnorr_signature&);

} // namespace alys::domain
