// SPDX-License-Identifier: Apache-2.0
//
// The import of a block, one step a function.
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/chain/identity.hpp>

namespace alys::domain {

promise<block_ref> chain_actor::handle(import_block&& m) {
  promise<block_ref> done;
  if (imports_.size() >= config().most_waiting_imports) {
    done.deliver(refuse(errc::mailbox_full, "too many imports wait"));
    return done;
  }
  const block_ref ref = domain::ref_to(m.contents.header);
  imports_.push_back({std::move(m.contents), ref, false, std::nullopt, now(), done});
  import_next();
  return done;
}

void chain_actor::import_next() {
  if (importing_) return;
  if (imports_.empty()) {
    if (const auto turn = std::exchange(turn_, std::nullopt)) produce(*turn);
    return;
  }
  importing_ = true;
  imports_.front().begun = now();
  check_rules();
}

const parent_block* chain_actor::parent_in_tree(const block_id& id) const {
  const auto found = parents_.find(id);
  return found != parents_.end() ? &found->second : nullptr;
}

void chain_actor::check_rules() {
  const import_task& task = imports_.front();
  if (tree_->contains(task.ref.id)) return finish_import(task.ref);
  if (task.ref.height <= tree_->last_final().height) return finish_import(known_or_too_late(task.ref));
  const validation_context context{*ports_.spec, parent_in_tree(task.contents.header.parent), {}, ports_.wall_clock()};
  if (auto checked = check_block(task.contents, context); !checked) return finish_import(checked.error());
  check_with_engine();
}

// A block at or below the height of the last final one is either stored already or conflicts with what is final.
result<block_ref> chain_actor::known_or_too_late(const block_ref& ref) const {
  if (ports_.store->block_by_id(ref.id).value()) return ref;
  return refuse(tree_error::final_already, "height " + std::to_string(ref.height.value()) + " is final with another block");
}

void chain_actor::check_with_engine() {
  auto checked = ask(engine_, check_payload{imports_.front().contents.payload}, config().engine_within);
  checked.then(
      [this](payload_verdict&& verdict) {
        switch (verdict.status) {
          case payload_status::valid: return commit(std::move(verdict));
          case payload_status::invalid: return finish_import(refuse(chain_error::invalid_payload, verdict.validation_error));
          case payload_status::syncing:
          case payload_status::accepted:
            return finish_import(refuse(chain_error::engine_unavailable, "the engine does not know the parent"));
        }
      },
      [this](const error& e) { finish_import(e); });
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

void chain_actor::commit(payload_verdict verdict) {
  const import_task& task = imports_.front();
  const auto next = tree_->preview(task.ref, task.contents.header.parent);
  if (!next) return finish_import(next.error());
  auto batch = std::make_shared<import_batch>(batch_of(task, std::move(verdict), *next));
  auto stored = ask(writer_, commit_import{*batch}, config().store_within);
  stored.then(
      [this, batch] {
        const block& contents = batch->contents;
        tree_->add(batch->ref, contents.header.parent).value();
        parents_.emplace(batch->ref.id, parent_of(contents, true));
        if (batch->last_final) std::erase_if(parents_, [this](const auto& p) { return !tree_->contains(p.first); });
        move_head(*batch);
      },
      // What is on disk is unknown now. Only a new life, which reads it again, may go on.
      [](const error& e) { throw bad_result(fail(chain_error::not_stored, e.message())); });
}

void chain_actor::move_head(const import_batch& committed) {
  const block_ref ref = committed.ref;
  if (committed.head) head_time_ = committed.contents.header.time;
  if (ports_.listener && committed.head) {
    const import_task& task = imports_.front();
    ports_.listener->imported({ref, tree_->last_final(), committed.contents.header.author, committed.contents.payload.transactions.size(),
                               committed.contents.payload.gas_used, task.own, now() - task.begun});
  }
  auto moved = ask(engine_, set_head{engine_view(), {committed.contents.payload.block_hash}}, config().engine_within);
  moved.then(
      [this, ref](const forkchoice_verdict& verdict) {
        if (verdict.status == payload_status::valid) {
          tidy_journal();
          return finish_import(ref);
        }
        throw bad_result(fail(chain_error::engine_unavailable, "the engine does not take the head that it has executed"));
      },
      [](const error& e) { throw bad_result(fail(chain_error::engine_unavailable, e.message())); });
}

// What was replaced in the pool, or driven from it, need not come back after a restart. Where the engine fails at this, the next start finds out.
void chain_actor::tidy_journal() {
  auto dropped = ask(engine_, take_dropped_transactions{}, config().engine_within);
  dropped.then([this](result<std::vector<hash256>>&& hashes) {
    if (hashes && !hashes->empty()) send(writer_, forget_transactions{*std::move(hashes)});
  });
}

void chain_actor::finish_import(result<block_ref> outcome) {
  const import_task task = std::move(imports_.front());
  imports_.pop_front();
  importing_ = false;
  if (task.own)
    trouble_ = outcome
                   ? std::string{}
                   : "slot " + std::to_string(task.ref.slot.value()) + " was not used: its block was refused: " + outcome.error().message();
  task.done.deliver(std::move(outcome));
  import_next();
}

forkchoice_state chain_actor::engine_view() const {
  const hash256 final = parents_.at(tree_->last_final().id).payload_hash;
  return {parents_.at(tree_->head().id).payload_hash, final, final};
}

} // namespace alys::domain
