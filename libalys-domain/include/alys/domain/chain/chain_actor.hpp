// SPDX-License-Identifier: Apache-2.0
//
// The chain actor: takes turns at producing blocks, imports blocks in the order in which they come, and keeps the head. A block of one's own
// goes through the same import as a foreign one: rules, engine, store, head, in this order, and only the store makes it true. While the
// store writes one block the next ones are checked and executed, so that several share one fsync; what anybody sees is durable nevertheless.
//
// ```cpp
// inline alys::ref<alys::domain::chain_actor> declare(alys::supervisor_spec& chain, alys::domain::chain_ports ports,
//                                                     alys::ref<alys::domain::engine_actor> engine, alys::ref<alys::domain::aura_actor> aura,
//                                                     alys::ref<alys::domain::storage_actor> writer) {
//   return chain.child<alys::domain::chain_actor>("chain", {}, {.after = {"engine", "aura"}}, std::move(ports), engine, aura, writer);
// }
// ```
#pragma once

#include <alys/actors.hpp>
#include <alys/domain/aura/aura_actor.hpp>
#include <alys/domain/chain/block_tree.hpp>
#include <alys/domain/chain/chain_listener.hpp>
#include <alys/domain/chain/chain_messages.hpp>
#include <alys/domain/chain/chain_spec.hpp>
#include <alys/domain/chain/chain_state.hpp>
#include <alys/domain/chain/validate.hpp>
#include <alys/domain/engine/engine_actor.hpp>
#include <alys/domain/storage/storage_actor.hpp>

#include <deque>
#include <unordered_map>

namespace alys::domain {

struct chain_settings {
  std::chrono::milliseconds engine_within{10'000}; // for every question to the engine, more than 0
  std::chrono::milliseconds store_within{10'000};  // for every commit, more than 0
  // How long an engine fills a payload, 0 ms to 10 s. It begins that long before its slot, so that the block leaves when the slot begins; an
  // embedded ledger needs no time, and the later it looks into the pool the more it finds.
  std::chrono::milliseconds build_time{0};
  std::uint64_t most_waiting_imports = 64; // beyond these an import is refused; at least 1
  std::uint64_t most_open_commits = 16;    // executed blocks that wait for the store; 1 to 30. 1: execution waits for each commit
  address fee_recipient;                   // of the blocks that this node produces
  void validate(problem_list& problems) const;
};
ALYS_CONFIG(chain_settings, engine_within, store_within, build_time, most_waiting_imports, most_open_commits, fee_recipient)

struct chain_ports {
  std::shared_ptr<const chain_spec> spec;
  std::shared_ptr<const chain_store> store; // reads only: what is written goes through the storage actor
  std::shared_ptr<chain_listener> listener; // may be null
  std::function<unix_milliseconds()> wall_clock;
  authority_index authority; // this node's seat, if it has one
};

class chain_actor final : public actor<chain_actor, chain_settings> {
public:
  using messages = accepts<slot_coming, slot_begun, find_head, import_block, submit_raw_transaction, find_pending_transaction, find_account,
                           find_code, find_storage, find_call_result, find_fees, find_gas>;
  using asks = to<engine_actor, aura_actor, storage_actor>;

  chain_actor(chain_ports ports, ref<engine_actor> engine, ref<aura_actor> aura, ref<storage_actor> writer);

  // Reads where the chain stands, or makes its first block; then the engine is brought to the same head and gets back its pool, with what it
  // holds in blocks that the store does not have. Nobody is answered before: a restarted node has every accepted transaction again.
  task<result<void>> initialize();
  void started();
  health_report health();
  // Holds from the next question, commit and block on.
  result<void> prepare(const chain_settings&) { return {}; }

  void handle(const slot_coming& m);
  task<result<void>, reentrant> handle(const slot_begun& m);
  chain_head handle(const find_head&) const;
  task<block_ref, reentrant> handle(import_block&& m);

  promise<hash256> handle(submit_raw_transaction&& m);
  promise<transaction_ptr> handle(const find_pending_transaction& m) { return pass_down(m); }
  promise<account_status> handle(const find_account& m) { return pass_down(m); }
  promise<fee_quote> handle(const find_fees& m) { return pass_down(m); }
  promise<bytes> handle(const find_code& m) { return pass_down(m); }
  promise<hash256> handle(const find_storage& m) { return pass_down(m); }
  promise<bytes> handle(const find_call_result& m) { return pass_down(m); }
  promise<gas> handle(const find_gas& m) { return pass_down(m); }

private:
  // One block on its way in.
  struct import_task {
    block contents;
    block_ref ref;
    bool own = false;
    std::optional<vote_lock> vote = {};
    std::chrono::nanoseconds begun = {};
    std::chrono::nanoseconds checked = {};
    std::chrono::nanoseconds executed = {};
  };

  // A block that the engine has executed and the store does not have yet.
  struct open_commit {
    block_id block;
    std::shared_ptr<turnstile> end; // whoever waits for it stands in line here
  };
  struct commit_step {
    import_batch batch;
    std::optional<block_id> after; // the commit that is under way before this one
    std::shared_ptr<turnstile> end;
    turnstile::passage open; // of `end`, until the block is durable
  };

  // A payload that the engine is filling.
  struct open_payload {
    slot turn;
    block_id parent;
    payload_id id;
    std::chrono::nanoseconds begun;
  };

  // The first steps of a life (chain_start.cpp).
  task<chain_progress> begin_chain();
  [[nodiscard]] result<void> load_chain(const chain_progress& found);
  task<bool> recover_transactions();
  task<result<void>> lead_engine();
  task<bool> turn_engine_back();
  task<result<void>> restore_pool();

  // Production (chain_production.cpp).
  task<std::optional<import_task>> produce(slot turn);
  task<execution_payload> build(slot turn, const block_ref& head, std::chrono::nanoseconds until);
  task<execution_payload> finish(const open_payload& begun, std::chrono::nanoseconds until);
  void build_ahead();
  [[nodiscard]] payload_attributes attributes_of(slot turn, const block_ref& head) const;

  // Import (chain_import.cpp).
  task<block_ref> import(import_task& offered, turnstile::passage& in_line);
  task<std::optional<commit_step>> check_and_execute(import_task& offered);
  task<payload_verdict> execute(const block& contents);
  task<block_ref> commit(const import_task& executed, commit_step& step);
  task<void> wait_for_commits(std::size_t left);
  [[nodiscard]] std::shared_ptr<turnstile> open_commit_of(const block_id& id) const;
  void extend_tree(const block_ref& ref, const block_header& header);
  void notice_gap(const block& beyond_reach);
  void tell_listener(const import_task& done);
  void tidy_journal();

  // The state machine: every change of the work in hand ends here.
  void settle();
  void enter(chain_state next);
  void import_ended(const error& how);

  [[nodiscard]] result<block_ref> known_or_too_late(const block_ref& ref) const;
  [[nodiscard]] import_batch batch_of(const import_task& task, payload_verdict verdict, const chain_tip& next) const;
  [[nodiscard]] forkchoice_state engine_view() const;
  [[nodiscard]] const parent_block* parent_in_tree(const block_id& id) const;

  template <class M>
  [[nodiscard]] promise<reply_t<M>> pass_down(const M& m) {
    promise<reply_t<M>> answer;
    auto asked = ask(engine_, m, config().engine_within);
    asked.then([answer](result<reply_t<M>> r) { answer.deliver(std::move(r)); });
    return answer;
  }

  chain_ports ports_;
  ref<engine_actor> engine_;
  ref<aura_actor> aura_;
  ref<storage_actor> writer_;

  block_id genesis_;
  std::optional<block_tree> tree_;                     // what is durable: all that anybody sees
  std::optional<block_tree> ahead_;                    // with the blocks of open commits, in their order: what is built upon
  std::unordered_map<block_id, parent_block> parents_; // of the blocks in both trees, for the checks of their children
  turnstile imports_;                                  // rules, engine and production: one block at a time
  std::deque<open_commit> commits_;                    // the oldest first; the store answers in this order
  std::optional<slot> turn_;                           // that waits for its block to be made
  std::optional<slot> coming_;                         // that has not begun
  std::optional<open_payload> opened_;                 // for that
  std::string trouble_;                                // why this node's last slot was not used; empty if it was
  chain_state_machine states_;
  std::uint64_t importing_ = 0; // blocks in work and in line
  bool producing_ = false;
  std::optional<chain_gap> gap_; // to a certified block beyond reach
};

} // namespace alys::domain
