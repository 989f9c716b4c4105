// SPDX-License-Identifier: Apache-2.0
//
// The two kinds of signatures on a block.
#include <alys/domain/chain/seal.hpp>

#include <alys/domain/chain/canonical.hpp>
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain {
namespace {

[[nodiscard]] hash256 message(std::string_view tag, const block_header& header) {
  canonical_writer out;
  out.u64(header.chain_id).u32(header.fork).u64(header.slot.value()).raw(id_of(header).view());
  return tagged_hash(tag, out.content());
}

} // namespace

hash256 seal_message(const block_header& header) { return message("alys/seal/v1", header); }
hash256 approval_message(const block_header& header) { return message("alys/approval/v1", header); }

schnorr_signature seal_of(const block_header& header, const secret_key& key) { return key.sign(seal_message(header)); }

approval approve(const block_header& header, authority_index authority, const secret_key& key) {
  return {authority, key.sign(approval_message(header))};
}

bool is_seal(const block_header& header, const schnorr_public_key& key, const schnorr_signature& signature) {
  return verify(key, seal_message(header), signature);
}

bool is_approval(const block_header& header, const schnorr_public_key& key, const schnorr_signature& signature) {
  return verify(key, approval_message(header), signature);
}

} // namespace alys::domain
