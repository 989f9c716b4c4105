// SPDX-License-Identifier: Apache-2.0
//
// Ids are tagged hashes.
#include <alys/domain/chain/identity.hpp>

#include <alys/domain/chain/encoding.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain {

block_id id_of(const block_header& header) { return block_id{tagged_hash("alys/block/v1", encode_header(header)).content()}; }

hash256 commitment_of(const execution_payload& payload) { return tagged_hash("alys/payload/v1", encode_payload(payload)); }

} // namespace alys::domain
