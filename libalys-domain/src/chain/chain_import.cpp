// SPDX-License-Identifier: Apache-2.0
//
// The import of a block, from its arrival to the engine at the new head.
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/chain/identity.hpp>

#include <algorithm>

namespace alys::domain {

task<block_ref, reentrant> chain_actor::handle(import_block&& m) {
  if (importing_ >= config().most_waiting_imports) co_return refuse(errc::mailbox_full, "too many imports wait");
  import_task offered;
  offered.ref = domain::ref_to(m.contents.header);
  offered.contents = std::move(m.contents);
  ++importing_;
  settle();
  auto in_line = co_await imports_.enter();
  const auto outcome = co_await import(offered, in_line);
  import_ended(outcome.error());
  co_return outcome;
}

// Rules, engine, store, head: in this order, and only the store makes it true. The next in line goes to the rules when this one goes to the
// store: its turn comes after this one, so the store is asked in the order of the line.
task<block_ref> chain_actor::import(import_task& offered, turnstile::passage& in_line) {
  offered.begun = now();
  auto executed = co_await check_and_execute(offered);
  offered.executed = now();
  { const turnstile::passage over = std::move(in_line); }
  if (!executed) co_return executed.error();
  if (!*executed) co_return offered.ref;
  co_return co_await commit(offered, **executed);
}

// Nothing: the block is durable already.
task<std::optional<chain_actor::commit_step>> chain_actor::check_and_execute(import_task& offered) {
  const block& contents = offered.contents;
  while (const auto same_block = open_commit_of(offered.ref.id)) {
    const auto over = co_await same_block->enter();
  }
  if (ahead_->contains(offered.ref.id)) co_return std::nullopt;
  if (offered.ref.height <= ahead_->last_final().height) {
    if (const auto known = known_or_too_late(offered.ref); !known) co_return known.error();
    co_return std::nullopt;
  }
  const validation_context context{*ports_.spec, parent_in_tree(contents.header.parent), {}, ports_.wall_clock()};
  const auto checked = check_block(contents, context);
  if (checked == block_error::unknown_parent) notice_gap(contents);
  if (!checked) co_return checked.error();
  offered.checked = now();

  co_await wait_for_commits(config().most_open_commits - 1).or_return();
  auto verdict = co_await execute(contents);
  if (!verdict) co_return verdict.error();

  const auto next = ahead_->preview(offered.ref, contents.header.parent);
  if (!next) co_return next.error();
  import_batch batch = batch_of(offered, std::move(*verdict), *next);
  ahead_->add(offered.ref, contents.header.parent).value();
  parents_.emplace(offered.ref.id, parent_of(contents, true));
  auto end = std::make_shared<turnstile>();
  const auto before = commits_.empty() ? std::nullopt : std::optional{commits_.back().block};
  commits_.push_back({offered.ref.id, end});
  auto open = co_await end->enter();
  commit_step step{std::move(batch), before, std::move(end), std::move(open)};
  co_return step;
}

task<block_ref> chain_actor::commit(const import_task& executed, commit_step& step) {
  const bool new_head = step.batch.head.has_value();
  auto storing = ask(writer_, commit_import{std::move(step.batch), step.after}, config().store_within);
  // If it fails, what is on disk is unknown. Only a new life, which reads it again, may go on; all that stands behind ends with this one.
  if (const auto stored = co_await storing; !stored) co_return fail(chain_error::not_stored, stored.error().message());
  commits_.pop_front(); // the writer answers in the order in which it was asked
  { const turnstile::passage over = std::move(step.open); }
  extend_tree(executed.ref, executed.contents.header);
  if (new_head) tell_listener(executed);

  auto moving = ask(engine_, set_head{engine_view(), {executed.contents.payload.block_hash}}, config().engine_within);
  const auto moved = co_await moving;
  if (client_is_away(moved.error())) co_return executed.ref; // the block is durable, and the next call leads the client to it
  if (!moved) co_return fail(chain_error::engine_unavailable, moved.error().message());
  if (moved->status != payload_status::valid)
    co_return fail(chain_error::engine_unavailable, "the engine does not take the head that it has executed");
  if (new_head) build_ahead();
  if (commits_.empty()) tidy_journal();
  co_return executed.ref;
}

// Until no more than `left` executed blocks wait for the store.
task<void> chain_actor::wait_for_commits(std::size_t left) {
  while (commits_.size() > left) {
    const std::shared_ptr<turnstile> oldest = commits_.front().end;
    const auto over = co_await oldest->enter();
  }
}

std::shared_ptr<turnstile> chain_actor::open_commit_of(const block_id& id) const {
  const auto found = std::ranges::find(commits_, id, &open_commit::block);
  return found != commits_.end() ? found->end : nullptr;
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

const parent_block* chain_actor::parent_in_tree(const block_id& id) const { return ahead_->contains(id) ? &parents_.at(id) : nullptr; }

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
  batch.dropped_nodes = std::move(verdict.dropped_nodes);
  batch.vote = task.vote;
  if (next.head != ahead_->head()) {
    // In the tree as it was, as finality may cut the way from the new one. The new head need not be this block: what it makes final may cut
    // off the head, and leave a branch that is longer than this one or as long.
    const bool joins = next.head == task.ref;
    chain_route way = ahead_->route(ahead_->head().id, joins ? task.contents.header.parent : next.head.id).value();
    batch.undone = std::move(way.undone);
    batch.applied = std::move(way.applied);
    if (joins) batch.applied.push_back(task.ref);
    batch.head = next.head;
  }
  if (next.last_final != ahead_->last_final()) batch.last_final = next.last_final;
  return batch;
}

void chain_actor::extend_tree(const block_ref& ref, const block_header& header) {
  const block_ref final_before = tree_->last_final();
  tree_->add(ref, header.parent).value();
  if (tree_->last_final() != final_before) {
    // What is final ahead has cut off blocks there that are yet to come here.
    std::erase_if(parents_, [this](const auto& p) {
      return !tree_->contains(p.first) && !ahead_->contains(p.first) && open_commit_of(p.first) == nullptr;
    });
  }
  if (gap_ && tree_->head().height >= gap_->highest) gap_.reset();
}

// A certified block whose ancestors are missing, and higher than all that is here: a longer chain exists, and whatever would be built here would
// not be on it. Anybody may offer blocks, so only what authorities signed counts.
void chain_actor::notice_gap(const block& beyond_reach) {
  const block_height height = beyond_reach.header.height;
  if (height <= ahead_->head().height || (gap_ && height <= gap_->highest)) return;
  if (!check_without_parent(beyond_reach, *ports_.spec, ports_.wall_clock())) return;
  if (ports_.store->block_by_id(beyond_reach.header.parent).value()) return; // it conflicts with what is final
  gap_ = chain_gap{gap_ ? gap_->start : tree_->head().height, height};
}

void chain_actor::tell_listener(const import_task& done) {
  if (!ports_.listener) return;
  const execution_payload& payload = done.contents.payload;
  ports_.listener->imported({done.ref, tree_->last_final(), done.contents.header.author, payload.transactions.size(), payload.gas_used,
                             done.own, now() - done.begun, done.checked - done.begun, done.executed - done.begun});
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
