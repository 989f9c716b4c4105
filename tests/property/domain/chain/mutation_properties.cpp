// SPDX-License-Identifier: Apache-2.0
//
// Every field of a block matters: whichever is changed in a block that met all rules, the block is refused with that field's own code. What
// the author changes and seals again is refused too, but for the fields that only execution can judge.
#include <alys/domain/chain/certificate.hpp>
#include <alys/domain/chain/validate.hpp>

#include "support/domain/arbitrary_block.hpp"
#include "support/domain/test_chain.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <string>

using namespace alys::domain;
using namespace alys::test;

namespace {

constexpr slot parent_slot{850'000'000};

struct mutation {
  std::string field;
  std::function<void(block&)> apply; // must change the field
  alys::code code;                   // of the refusal
  alys::code sealed_again = {};      // of the refusal after the author sealed the changed block; none: only the engine can tell
};

template <class T>
[[nodiscard]] T other_than(const T& value) {
  return *rc::gen::distinctFrom(value);
}

// A slot of the same author, so that the slot is the only thing wrong.
[[nodiscard]] slot other_slot(slot s) { return slot{s.value() + 3 * *rc::gen::inRange<std::uint64_t>(1, 1'000)}; }

[[nodiscard]] unix_milliseconds outside_slot(unix_milliseconds start) {
  const std::uint64_t past = *rc::gen::inRange<std::uint64_t>(2'000, 1'000'000'000);
  return unix_milliseconds{start.value() - past};
}

template <class Field>
void change(std::vector<mutation>& out, const std::string& name, Field field, alys::code code, alys::code sealed_again) {
  out.push_back({name, [field](block& b) { std::invoke(field, b) = other_than(std::invoke(field, b)); }, code, sealed_again});
}

// Payload fields: unsealed, the header's commitment betrays each of them.
template <class Field>
void change_payload(std::vector<mutation>& out, const std::string& name, Field field, alys::code sealed_again = {}) {
  const auto in_payload = [field](block & b) -> auto& { return std::invoke(field, b.payload); };
  change(out, "payload." + name, in_payload, block_error::wrong_payload, sealed_again);
}

// A field more does not compile here: it needs a mutation of its own, below.
[[maybe_unused]] void all_fields(const block& b) {
  [[maybe_unused]] const auto& [header, payload, seal, approvals] = b;
  [[maybe_unused]] const auto& [chain_id, fork, height, slot, time, parent, author, commitment] = header;
  [[maybe_unused]] const auto& [execution_fork, parent_hash, fee_recipient, state_root, receipts_root, logs_bloom, prev_randao, number,
                                gas_limit, gas_used, timestamp, extra_data, base_fee, block_hash, transactions, withdrawals] = payload;
  [[maybe_unused]] const auto& [authority, signature] = approvals.front();
}

[[nodiscard]] std::vector<mutation> header_mutations() {
  std::vector<mutation> all;
  const auto header = [&all](const std::string& name, auto field, alys::code code) {
    change(
        all, name, [field](block & b) -> auto& { return std::invoke(field, b.header); }, code, code);
  };
  header("chain_id", &block_header::chain_id, block_error::wrong_chain);
  header("fork", &block_header::fork, block_error::wrong_fork);
  header("height", &block_header::height, block_error::wrong_height);
  header("parent", &block_header::parent, block_error::unknown_parent);
  header("payload", &block_header::payload, block_error::wrong_payload);
  all.push_back({"slot", [](block& b) { b.header.slot = other_slot(b.header.slot); }, block_error::time_outside_slot,
                 block_error::time_outside_slot});
  all.push_back({"slot before parent", [](block& b) { b.header.slot = slot{up_to(parent_slot.value())}; },
                 block_error::slot_not_after_parent, block_error::slot_not_after_parent});
  all.push_back({"time", [](block& b) { b.header.time = outside_slot(b.header.time); }, block_error::time_outside_slot,
                 block_error::time_outside_slot});
  all.push_back({"time within slot", [](block& b) { b.header.time = b.header.time + 1 + up_to(498); }, block_error::bad_seal});
  all.push_back({"author", [](block& b) { b.header.author.value = other_than(b.header.author.value); }, block_error::wrong_author,
                 block_error::wrong_author});
  return all;
}

[[nodiscard]] std::vector<mutation> payload_mutations() {
  using payload = execution_payload;
  std::vector<mutation> all;
  change_payload(all, "parent_hash", &payload::parent_hash, block_error::wrong_payload_parent);
  change_payload(all, "fee_recipient", &payload::fee_recipient);
  change_payload(all, "state_root", &payload::state_root);
  change_payload(all, "receipts_root", &payload::receipts_root);
  change_payload(all, "logs_bloom", &payload::logs_bloom);
  change_payload(all, "prev_randao", &payload::prev_randao, block_error::wrong_prev_randao);
  change_payload(all, "block_number", &payload::block_number, block_error::wrong_payload_number);
  change_payload(all, "gas_limit", &payload::gas_limit, block_error::wrong_gas_limit);
  change_payload(all, "gas_used", &payload::gas_used);
  change_payload(all, "timestamp", &payload::timestamp, block_error::wrong_payload_time);
  change_payload(all, "block_hash", &payload::block_hash);
  change_payload(
      all, "transactions[0][0]", [](payload & p) -> auto& { return p.transactions[0][0]; });
  change_payload(
      all, "withdrawals[0].index", [](payload & p) -> auto& { return p.withdrawals[0].index; }, mint_error::wrong_index);
  change_payload(
      all, "withdrawals[0].validator_index", [](payload & p) -> auto& { return p.withdrawals[0].validator_index; },
      mint_error::wrong_validator);
  change_payload(
      all, "withdrawals[0].recipient", [](payload & p) -> auto& { return p.withdrawals[0].recipient; }, mint_error::not_granted);
  change_payload(
      all, "withdrawals[0].amount", [](payload & p) -> auto& { return p.withdrawals[0].amount; }, mint_error::wrong_amount);

  const auto more = [&all](const std::string& name, std::function<void(payload&)> apply, alys::code sealed_again = {}) {
    all.push_back(
        {"payload." + name, [apply = std::move(apply)](block& b) { apply(b.payload); }, block_error::wrong_payload, sealed_again});
  };
  more(
      "fork", [](payload& p) { p.fork = execution_fork::cancun; }, block_error::wrong_payload_fork);
  more("base_fee_per_gas", [](payload& p) { p.base_fee_per_gas += 1 + any<std::uint32_t>(); });
  more("extra_data", [](payload& p) { p.extra_data.push_back(any<std::uint8_t>()); });
  more("transactions + 1", [](payload& p) { p.transactions.push_back(any_bytes(50)); });
  more("transactions - 1", [](payload& p) { p.transactions.pop_back(); });
  more(
      "withdrawals + 1", [](payload& p) { p.withdrawals.push_back(p.withdrawals[0]); }, mint_error::not_granted);
  more(
      "withdrawals - 1", [](payload& p) { p.withdrawals.pop_back(); }, mint_error::missing);
  return all;
}

[[nodiscard]] std::vector<mutation> signature_mutations() {
  return {
      {"seal", [](block& b) { b.seal = other_than(b.seal); }, block_error::bad_seal},
      {"approval's signature", [](block& b) { b.approvals[up_to(2)].signature = any<schnorr_signature>(); },
       certificate_error::bad_approval},
      {"approval's authority unknown",
       [](block& b) { b.approvals.back().authority = authority_index{static_cast<std::uint16_t>(3 + up_to(60'000))}; },
       certificate_error::unknown_authority},
      {"approval twice", [](block& b) { b.approvals.insert(b.approvals.begin() + 1, b.approvals[0]); }, certificate_error::out_of_order},
      {"approvals in another order", [](block& b) { std::swap(b.approvals[0], b.approvals[1 + up_to(1)]); },
       certificate_error::out_of_order},
      {"approvals too few", [](block& b) { b.approvals.resize(up_to(1)); }, certificate_error::no_quorum},
  };
}

// A block that meets every rule, and all that its validation needs.
struct valid_block {
  valid_block() {
    auto payload = chain.payload(parent, parent_slot + 4);
    payload.transactions = {bytes{1, 2, 3}};
    payload.withdrawals = granted;
    one = chain.proposal(parent, parent_slot + 4, payload);
    chain.approve(one, 3);
  }

  [[nodiscard]] validation_context context() const { return {chain.spec, &below, granted, one.header.time}; }

  test_chain chain{3};
  block parent = chain.certified(chain.genesis, parent_slot);
  parent_block below = parent_of(parent, true);
  std::vector<withdrawal> granted{{1, 2, dev_account, gwei{3}}};
  block one;
};

} // namespace

TEST_CASE("a change of any one field is refused with that field's code") {
  const valid_block valid;
  REQUIRE(check_block(valid.one, valid.context()));
  for (const auto& mutations : {header_mutations(), payload_mutations(), signature_mutations()}) {
    for (const mutation& m : mutations) {
      INFO(m.field);
      CHECK(rc::check(m.field, [&] {
        block changed = valid.one;
        m.apply(changed);
        RC_ASSERT(changed != valid.one);
        const auto verdict = check_block(changed, valid.context());
        RC_LOG() << verdict.error().message();
        RC_ASSERT(verdict == m.code);
      }));
    }
  }
}

TEST_CASE("a change that the author seals again is refused unless only execution can tell") {
  const valid_block valid;
  for (const auto& mutations : {header_mutations(), payload_mutations()}) {
    for (const mutation& m : mutations) {
      INFO(m.field);
      CHECK(rc::check(m.field, [&] {
        block changed = valid.one;
        m.apply(changed);
        if (changed.header.payload == valid.one.header.payload) changed.header.payload = commitment_of(changed.payload);
        changed.seal = seal_of(changed.header, valid.chain.keys.at(valid.one.header.author.value));
        valid.chain.approve(changed, 3);
        const auto verdict = check_block(changed, valid.context());
        RC_LOG() << verdict.error().message();
        RC_ASSERT((m.sealed_again ? verdict == m.sealed_again : verdict.has_value()));
      }));
    }
  }
}
