// SPDX-License-Identifier: Apache-2.0
//
// Counting approvals.
#include <alys/domain/chain/certificate.hpp>

#include <alys/domain/chain/seal.hpp>

#include <algorithm>
#include <functional>
#include <string>

namespace alys::domain {
namespace {

[[nodiscard]] alys::result<void> check_signature(const hash256& message, const approval& one, const chain_spec& spec) {
  const std::size_t index = one.authority.value;
  if (index >= spec.authorities.size()) return alys::refuse(certificate_error::unknown_authority, std::to_string(index));
  if (!verify(spec.authorities[index], message, one.signature))
    return alys::refuse(certificate_error::bad_approval, "of authority " + std::to_string(index));
  return {};
}

} // namespace

alys::result<void> check_approval(const block_header& header, const approval& one, const chain_spec& spec) {
  return check_signature(approval_message(header), one, spec);
}

alys::result<void> check_certificate(const block_header& header, std::span<const approval> approvals, const chain_spec& spec) {
  if (std::ranges::adjacent_find(approvals, std::greater_equal{}, &approval::authority) != approvals.end()) {
    return alys::refuse(certificate_error::out_of_order);
  }
  const hash256 message = approval_message(header);
  for (const approval& one : approvals) {
    if (auto good = check_signature(message, one, spec); !good) return good;
  }
  const std::size_t quorum = quorum_of(spec.authorities.size());
  if (approvals.size() < quorum) {
    return alys::refuse(certificate_error::no_quorum, std::to_string(approvals.size()) + " of " + std::to_string(quorum));
  }
  return {};
}

} // namespace alys::domain
