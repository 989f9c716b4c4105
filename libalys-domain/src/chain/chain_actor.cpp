// SPDX-License-Identifier: Apache-2.0
//
// Questions and states. The start is in chain_start.cpp, production in chain_production.cpp, imports in chain_import.cpp.
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain {

void chain_settings::validate(problem_list& problems) const {
  const auto positive = [&](const char* name, std::chrono::milliseconds value) {
    if (value <= std::chrono::milliseconds::zero()) problems.push_back({name, "must be more than 0"});
  };
  positive("engine_within", engine_within);
  positive("store_within", store_within);
  if (build_time < std::chrono::milliseconds::zero() || build_time > std::chrono::seconds{10})
    problems.push_back({"build_time", "must be from 0ms to 10s"});
  if (most_waiting_imports == 0) problems.push_back({"most_waiting_imports", "must be at least 1"});
  // An engine remembers the last 32 blocks for as long as they may be abandoned.
  if (most_open_commits == 0 || most_open_commits > 30) problems.push_back({"most_open_commits", "must be from 1 to 30"});
}

chain_actor::chain_actor(chain_ports ports, ref<engine_actor> engine, ref<aura_actor> aura, ref<storage_actor> writer)
    : ports_(std::move(ports)), engine_(std::move(engine)), aura_(std::move(aura)), writer_(std::move(writer)) {}

void chain_actor::started() {
  settle();
  send(aura_, follow_slots{self(), config().build_time});
}

health_report chain_actor::health() {
  if (gap_) {
    return {health_state::degraded, "syncing: a certified block at height " + std::to_string(gap_->highest.value()) +
                                        " is known, and the chain ends at " + std::to_string(tree_->head().height.value())};
  }
  if (trouble_.empty()) return {};
  return {health_state::degraded, trouble_};
}

chain_head chain_actor::handle(const find_head&) const {
  const block_ref& head = tree_->head();
  const parent_block& known = parents_.at(head.id);
  return {genesis_, head, known.time, known.payload_hash, tree_->last_final(), states_.state(), gap_};
}

promise<hash256> chain_actor::handle(submit_raw_transaction&& m) {
  promise<hash256> answer;
  auto accepted = ask(engine_, m, config().engine_within);
  accepted.then([this, answer, raw = std::move(m.raw)](result<hash256>&& outcome) mutable {
    // One that the pool has already is written down too: the life that took it may have ended before it came to that.
    if (!outcome && outcome != transaction_error::already_known) return void(answer.deliver(std::move(outcome)));
    const hash256 hash = keccak256(raw);
    auto journaled = ask(writer_, journal_transaction{{hash, std::move(raw)}}, config().store_within);
    // The sender hears of it only then: an accepted transaction outlives this process.
    journaled.then([answer, outcome = std::move(outcome)](const result<void>& written) {
      answer.deliver(written ? outcome : result<hash256>{written.error()});
    });
  });
  return answer;
}

// ---- states ----

void chain_actor::settle() {
  if (states_.state() == chain_state::failed) return; // what still runs down changes nothing any more
  enter(state_of({.importing = importing_ > 0, .producing = producing_, .behind = gap_.has_value()}));
}

// A step that is not allowed is a bug, and fails this life.
void chain_actor::enter(chain_state next) {
  const bool moved = states_.enter(next).value();
  if (moved && ports_.listener) ports_.listener->state_changed(next);
}

void chain_actor::import_ended(const error& how) {
  --importing_;
  if (how.failed()) enter(chain_state::failed);
  else settle();
}

} // namespace alys::domain
