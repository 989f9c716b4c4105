// SPDX-License-Identifier: Apache-2.0
//
// The import of a block, from its arrival to the engine at the new head.
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/chain/identity.hpp>

namespace alys::domain {

task<block_ref, reentrant> chain_actor::handle(import_block&& m) {
  if (imports_.waiting() + (imports_.taken() ? 1 : 0) >= config().most_waiting_imports)
    co_return refuse(errc::mailbox_full, "too many imports wait");
  import_task offered;
  offered.ref = domain::ref_to(m.contents.header);
  offered.contents = std::move(m.contents);
  const auto alone = co_await imports_.enter();
  offered.begun = now();
  co_return co_await import(offered);
}

// Rules, engine, store, head: in this order, and only the store makes it true.
task<block_ref> chain_actor::import(const import_task& offered) {
  const block& contents = offered.contents;
  if (tree_->contains(offered.ref.id)) co_return offered.ref;
  if (offered.ref.height <= tree_->last_final().height) co_return known_or_too_late(offered.ref);
  const validation_context context{*ports_.spec, parent_in_tree(contents.header.parent), {}, ports_.wall_clock()};
  if (auto checked = check_block(contents, context); !checked) co_return checked.error();

  auto verdict = co_await execute(contents);
  if (!verdict) co_return verdict.error();

  const auto next = tree_->preview(offered.ref, contents.header.parent);
  if (!next) co_return next.error();
  const import_batch batch = batch_of(offered, std::move(*verdict), *next);
  auto storing = ask(writer_, commit_import{batch}, config().store_within);
  // If it fails, what is on disk is unknown. Only a new life, which reads it again, may go on.
  if (const auto stored = co_await storing; !stored) co_return fail(chain_error::not_stored, stored.error().message());
  extend_tree(batch);
  if (batch.head) tell_listener(offered);

  auto moving = ask(engine_, set_head{engine_view(), {contents.payload.block_hash}}, config().engine_within);
  const auto moved = co_await moving;
  if (!moved) co_return fail(chain_error::engine_unavailable, moved.error().message());
  if (moved->status != payload_status::valid)
    co_return fail(chain_error::engine_unavailable, "the engine does not take the head that it has executed");
  tidy_journal();
  co_return offered.ref;
}

// What the engine makes of it, if it is valid.
task<payload_verdict> chain_actor::execute(const block& contents) {
  auto checking = ask(engine_, check_payload{contents.payload}, config().engine_within);
  auto verdict = co_await checking;
  if (!verdict) co_return refuse(chain_error::engine_unavailable, verdict.error().message());
  switch (verdict->status) {
    case payload_status::invalid: co_return refuse(chain_error::invalid_payload, verdict->validation_error);
    case payload_status::syncing:
    case payload_status::accepted: co_return refuse(chain_error::engine_unavailable, "the engine does not know the parent");
    case payload_status::valid: break;
  }
  co_return verdict;
}

const parent_block* chain_actor::parent_in_tree(const block_id& id) const {
  const auto found = parents_.find(id);
  return found != parents_.end() ? &found->second : nullptr;
}

// A block at or below the height of the last final one is either stored already or conflicts with what is final.
result<block_ref> chain_actor::known_or_too_late(const block_ref& ref) const {
  if (ports_.store->block_by_id(ref.id).value()) return ref;
  return refuse(tree_error::final_already, "height " + std::to_string(ref.height.value()) + " is final with another block");
}

import_batch chain_actor::batch_of(const import_task& task, payload_verdict verdict, const chain_tip& next) const {
  import_batch batch;
  batch.contents = task.contents;
  batch.ref = task.ref;
  batch.receipts = std::move(verdict.receipts);
  batch.state_changes = std::move(verdict.state_changes);
  batch.vote = task.vote;
  if (next.head != tree_->head()) {
    // The way to the parent, in the tree as it was: finality may cut it from the new one. Both its ends are in there.
    chain_route way = tree_->route(tree_->head().id, task.contents.header.parent).value();
    batch.undone = std::move(way.undone);
    batch.applied = std::move(way.applied);
    batch.applied.push_back(task.ref);
    batch.head = next.head;
  }
  if (next.last_final != tree_->last_final()) batch.last_final = next.last_final;
  return batch;
}

void chain_actor::extend_tree(const import_batch& committed) {
  const block_header& header = committed.contents.header;
  tree_->add(committed.ref, header.parent).value();
  parents_.emplace(committed.ref.id, parent_of(committed.contents, true));
  if (committed.last_final) std::erase_if(parents_, [this](const auto& p) { return !tree_->contains(p.first); });
  if (committed.head) head_time_ = header.time;
}

void chain_actor::tell_listener(const import_task& done) {
  if (!ports_.listener) return;
  const execution_payload& payload = done.contents.payload;
  ports_.listener->imported({done.ref, tree_->last_final(), done.contents.header.author, payload.transactions.size(), payload.gas_used,
                             done.own, now() - done.begun});
}

// What was replaced in the pool, or driven from it, need not come back after a restart. Nobody waits for it; where the engine fails at
// this, the next start finds out.
void chain_actor::tidy_journal() {
  auto dropped = ask(engine_, take_dropped_transactions{}, config().engine_within);
  dropped.then([this](result<std::vector<hash256>>&& hashes) {
    if (hashes && !hashes->empty()) send(writer_, forget_transactions{*std::move(hashes)});
  });
}

forkchoice_state chain_actor::engine_view() const {
  const hash256 final = parents_.at(tree_->last_final().id).payload_hash;
  return {parents_.at(tree_->head().id).payload_hash, final, final};
}

} // namespace alys::domain
