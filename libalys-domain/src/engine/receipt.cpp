// SPDX-License-Identifier: Apache-2.0
//
// A receipt's encoding.
#include <alys/domain/engine/execution_payload.hpp>
#include <alys/domain/engine/receipt.hpp>
#include <alys/domain/engine/rlp.hpp>

namespace alys::domain {

bytes encode_receipt(const receipt& r) {
  const bytes no_logs = rlp_list{}.encode();
  bytes out;
  if (r.type != transaction_type::legacy) out.push_back(static_cast<std::uint8_t>(r.type));
  append(out, rlp_list{}.integer(r.succeeded ? 1 : 0).integer(r.cumulative_gas_used.value()).fixed(bloom{}).encoded(no_logs).encode());
  return out;
}

} // namespace alys::domain
