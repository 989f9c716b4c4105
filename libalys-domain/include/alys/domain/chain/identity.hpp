// SPDX-License-Identifier: Apache-2.0
//
// The id of a block and its commitment to its payload: BIP-340 tagged hashes of canonical encodings. Equal ids mean equal headers, and,
// through the commitment, equal payloads.
//
// ```cpp
// inline bool carries(const alys::domain::block& one) { return one.header.payload == alys::domain::commitment_of(one.payload); }
// inline bool is_child(const alys::domain::block& one, const alys::domain::block_header& parent) {
//   return one.header.parent == alys::domain::id_of(parent);
// }
// ```
#pragma once

#include <alys/domain/chain/block.hpp>
#include <alys/domain/primitives/hash.hpp>

namespace alys::domain {

// Below a microsecond.
[[nodiscard]] block_id id_of(const block_header&);

[[nodiscard]] inline block_ref ref_to(const block_header& header) { return {id_of(header), header.height, header.slot}; }

// Hashes the whole payload: about 4 us for each kB of it.
[[nodiscard]] hash256 commitment_of(const execution_payload&);

} // namespace alys::domain
