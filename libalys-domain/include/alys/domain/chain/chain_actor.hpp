// SPDX-License-Identifier: Apache-2.0
//
// The chain actor: takes turns at producing blocks, imports blocks one after another, and keeps the head. A block of one's own goes through
// the same import as a foreign one: rules, engine, store, head, in this order, and only the store makes it true.
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
#include <alys/domain/chain/validate.hpp>
#include <alys/domain/engine/engine_actor.hpp>
#include <alys/domain/storage/storage_actor.hpp>

#include <unordered_map>

namespace alys::domain {

struct chain_settings {
  std::chrono::milliseconds engine_within{10'000}; // for every question to the engine, more than 0
  std::chrono::milliseconds store_within{10'000};  // for every commit, more than 0
  std::uint64_t most_waiting_imports = 64;         // beyond these an import is refused
  address fee_recipient;                           // of the blocks that this node produces
  void validate(problem_list& problems) const;
};
ALYS_CONFIG(chain_settings, engine_within, store_within, most_waiting_imports, fee_recipient)

struct chain_ports {
  std::shared_ptr<const chain_spec> spec;
  std::shared_ptr<const chain_store> store; // reads only: what is written goes through the storage actor
  std::shared_ptr<chain_listener> listener; // may be null
  std::function<unix_milliseconds()> wall_clock;
  authority_index authority; // this node's seat, if it has one
};

class chain_actor final : public actor<chain_actor, chain_settings> {
public:
  using messages =
      accepts<slot_begun, find_head, import_block, submit_raw_transaction, find_pending_transaction, find_account, find_fees, find_gas>;
  using asks = to<engine_actor, aura_actor, storage_actor>;

  chain_actor(chain_ports ports, ref<engine_actor> engine, ref<aura_actor> aura, ref<storage_actor> writer);

  // Reads where the chain stands, or makes its first block; then the engine is brought to the same head and gets back its pool. Nobody is
  // answered before: a restarted node has every accepted transaction again.
  task<result<void>> initialize();
  void started();
  health_report health();
  // Holds from the next question, commit and block on.
  result<void> prepare(const chain_settings&) { return {}; }

  task<result<void>, reentrant> handle(const slot_begun& m);
  chain_head handle(const find_head&) const;
  task<block_ref, reentrant> handle(import_block&& m);

  promise<hash256> handle(submit_raw_transaction&& m);
  promise<transaction_ptr> handle(const find_pending_transaction& m) { return pass_down(m); }
  promise<account_status> handle(const find_account& m) { return pass_down(m); }
  promise<fee_quote> handle(const find_fees& m) { return pass_down(m); }
  promise<gas> handle(const find_gas& m) { return pass_down(m); }

private:
  // One block on its way in.
  struct import_task {
    block contents;
    block_ref ref;
    bool own = false;
    std::optional<vote_lock> vote = {};
    std::chrono::nanoseconds begun = {};
  };

  // The first steps of a life (chain_start.cpp).
  task<chain_progress> begin_chain();
  [[nodiscard]] result<void> load_chain(const chain_progress& found);
  task<result<void>> lead_engine();
  task<result<void>> restore_pool();

  // Production (chain_actor.cpp).
  task<std::optional<import_task>> produce(slot turn);

  // Import (chain_import.cpp): one at a time.
  task<block_ref> import(const import_task& offered);
  task<payload_verdict> execute(const block& contents);
  void extend_tree(const import_batch& committed);
  void tell_listener(const import_task& done);
  void tidy_journal();

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
  std::optional<block_tree> tree_;
  std::unordered_map<block_id, parent_block> parents_; // of the blocks in the tree, for the checks of their children
  unix_milliseconds head_time_;
  turnstile imports_;        // one at a time
  turnstile production_;     // likewise, until its block is imported
  std::optional<slot> turn_; // that waits for its block to be made
  std::string trouble_;      // why this node's last slot was not used; empty if it was
};

} // namespace alys::domain
