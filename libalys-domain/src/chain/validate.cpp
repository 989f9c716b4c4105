// SPDX-License-Identifier: Apache-2.0
//
// The rules, cheapest first.
#include <alys/domain/chain/validate.hpp>

#include <alys/domain/aura/schedule.hpp>
#include <alys/domain/chain/certificate.hpp>
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/chain/limits.hpp>
#include <alys/domain/chain/seal.hpp>

#include <string>

namespace alys::domain {
namespace {

template <class Number>
[[nodiscard]] alys::error not_expected(block_error code, Number found, Number expected) {
  return alys::refuse(code, std::to_string(found.value()) + " instead of " + std::to_string(expected.value()));
}

[[nodiscard]] alys::result<void> check_place(const block_header& header, const validation_context& context) {
  if (header.chain_id != context.spec.chain_id) return alys::refuse(block_error::wrong_chain, std::to_string(header.chain_id));
  if (context.parent == nullptr || context.parent->ref.id != header.parent)
    return alys::refuse(block_error::unknown_parent, to_hex(header.parent));
  if (!context.parent->certified) return alys::refuse(block_error::parent_not_certified, to_hex(header.parent));
  const block_ref& parent = context.parent->ref;
  const auto height = checked_add(parent.height, block_height{1});
  if (!height || header.height != *height) return alys::refuse(block_error::wrong_height, std::to_string(header.height.value()));
  if (header.fork != fork_at(context.spec, header.height)) return alys::refuse(block_error::wrong_fork, std::to_string(header.fork));
  return {};
}

[[nodiscard]] alys::result<void> check_turn(const block_header& header, const chain_spec& spec, unix_milliseconds now) {
  if (const slot due = clock_of(spec).slot_at(header.time); header.slot != due)
    return not_expected(block_error::time_outside_slot, header.slot, due);
  const auto drift = static_cast<std::uint64_t>(spec.max_drift.count());
  if (header.time > now && header.time - now > drift)
    return alys::refuse(block_error::too_early, "by " + std::to_string(header.time - now) + " ms");
  if (const authority_index due = author_of(header.slot, spec.authorities.size()); header.author != due)
    return alys::refuse(block_error::wrong_author, std::to_string(header.author.value) + " instead of " + std::to_string(due.value));
  return {};
}

[[nodiscard]] alys::result<void> check_seal(const block& one, const chain_spec& spec) {
  if (!is_seal(one.header, spec.authorities[one.header.author.value], one.seal)) return alys::refuse(block_error::bad_seal);
  return {};
}

[[nodiscard]] alys::result<void> check_payload(const block& one, const validation_context& context) {
  if (auto ok = within_limits(one); !ok) return alys::refuse(block_error::over_limit, ok.error().text());
  const block_header& header = one.header;
  const execution_payload& payload = one.payload;
  if (header.payload != commitment_of(payload)) return alys::refuse(block_error::wrong_payload);
  if (payload.parent_hash != context.parent->payload_hash)
    return alys::refuse(block_error::wrong_payload_parent, to_hex(payload.parent_hash));
  if (payload.block_number != header.height) return not_expected(block_error::wrong_payload_number, payload.block_number, header.height);
  if (const auto due = payload_time(context.spec, header.slot); payload.timestamp != due) {
    return not_expected(block_error::wrong_payload_time, payload.timestamp, due);
  }
  if (const auto due = fork_at(context.spec.execution, payload.timestamp); payload.fork != due) {
    return alys::refuse(block_error::wrong_payload_fork,
                        std::string{to_string(payload.fork)} + " instead of " + std::string{to_string(due)});
  }
  if (payload.prev_randao != prev_randao_after(header.parent))
    return alys::refuse(block_error::wrong_prev_randao, to_hex(payload.prev_randao));
  if (payload.gas_limit != context.spec.gas_limit)
    return not_expected(block_error::wrong_gas_limit, payload.gas_limit, context.spec.gas_limit);
  return check_withdrawals(payload.withdrawals, context.withdrawals);
}

} // namespace

parent_block parent_of(const block& one, bool certified) {
  return {ref_to(one.header), one.payload.block_hash, one.header.time, certified};
}

unix_seconds payload_time(const chain_spec& spec, slot s) { return to_seconds(clock_of(spec).start_of(s)); }

hash256 prev_randao_after(const block_id& parent) { return hash256{parent.content()}; }

alys::result<void> check_proposal(const block& one, const validation_context& context) {
  if (auto ok = check_place(one.header, context); !ok) return ok;
  if (one.header.slot <= context.parent->ref.slot)
    return alys::refuse(block_error::slot_not_after_parent, std::to_string(one.header.slot.value()));
  if (auto ok = check_turn(one.header, context.spec, context.now); !ok) return ok;
  if (auto ok = check_payload(one, context); !ok) return ok;
  return check_seal(one, context.spec);
}

alys::result<void> check_without_parent(const block& one, const chain_spec& spec, unix_milliseconds now) {
  const block_header& header = one.header;
  if (header.chain_id != spec.chain_id) return alys::refuse(block_error::wrong_chain, std::to_string(header.chain_id));
  if (header.fork != fork_at(spec, header.height)) return alys::refuse(block_error::wrong_fork, std::to_string(header.fork));
  if (auto ok = check_turn(header, spec, now); !ok) return ok;
  if (auto ok = check_seal(one, spec); !ok) return ok;
  return check_certificate(header, one.approvals, spec);
}

alys::result<void> check_block(const block& one, const validation_context& context) {
  if (auto ok = check_proposal(one, context); !ok) return ok;
  return check_certificate(one.header, one.approvals, context.spec);
}

} // namespace alys::domain
