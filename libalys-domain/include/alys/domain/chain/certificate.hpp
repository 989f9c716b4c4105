// SPDX-License-Identifier: Apache-2.0
//
// Certification: enough authorities approved a block. Two sets of ceil(2n/3) out of n share more than n/3, so while fewer than n/3 are faulty
// an honest one is in both, and it approves only once in a slot.
//
// ```cpp
// static_assert(alys::domain::quorum_of(1) == 1 && alys::domain::quorum_of(3) == 2 && alys::domain::quorum_of(7) == 5);
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/chain_spec.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace alys::domain {

// How many of n authorities certify a block: ceil(2n/3).
[[nodiscard]] constexpr std::size_t quorum_of(std::size_t authorities) noexcept { return (2 * authorities + 2) / 3; }

// Why approvals do not certify a block.
enum class certificate_error : std::uint8_t {
  none,
  unknown_authority, // an index that the chain spec does not have
  out_of_order,      // not strictly ascending by authority; so none counts twice
  bad_approval,      // a signature that the authority did not make over this header
  no_quorum,         // all are good, but too few
};
ALYS_ERRORS(certificate_error, unknown_authority, out_of_order, bad_approval, no_quorum)

// Checks one approval; for those that arrive alone. Refuses with unknown_authority or bad_approval. About 50 us.
[[nodiscard]] alys::result<void> check_approval(const block_header&, const approval&, const chain_spec&);

// Checks that these approvals certify the block with this header. Refuses with a certificate_error; one bad approval spoils the list, because
// who passes it on can leave it out. About 50 us an approval.
[[nodiscard]] alys::result<void> check_certificate(const block_header&, std::span<const approval>, const chain_spec&);

} // namespace alys::domain
