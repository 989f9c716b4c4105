// SPDX-License-Identifier: Apache-2.0
//
// Turns, questions and production. The start is in chain_start.cpp, imports in chain_import.cpp.
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain {

namespace {

[[nodiscard]] std::string unused(slot turn, const std::string& why) {
  return "slot " + std::to_string(turn.value()) + " was not used: " + why;
}

} // namespace

void chain_settings::validate(problem_list& problems) const {
  const auto positive = [&](const char* name, std::chrono::milliseconds value) {
    if (value <= std::chrono::milliseconds::zero()) problems.push_back({name, "must be more than 0"});
  };
  positive("engine_within", engine_within);
  positive("store_within", store_within);
  if (most_waiting_imports == 0) problems.push_back({"most_waiting_imports", "must be at least 1"});
}

chain_actor::chain_actor(chain_ports ports, ref<engine_actor> engine, ref<aura_actor> aura, ref<storage_actor> writer)
    : ports_(std::move(ports)), engine_(std::move(engine)), aura_(std::move(aura)), writer_(std::move(writer)) {}

void chain_actor::started() { send(aura_, follow_slots{self()}); }

health_report chain_actor::health() {
  if (trouble_.empty()) return {};
  return {health_state::degraded, trouble_};
}

chain_head chain_actor::handle(const find_head&) const {
  const block_ref& head = tree_->head();
  return {genesis_, head, head_time_, parents_.at(head.id).payload_hash, tree_->last_final()};
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

// ---- production ----

// A turn that comes while the node is busy waits until all imports are done. Only one waits: a later one takes its place.
task<result<void>, reentrant> chain_actor::handle(const slot_begun& m) {
  const std::optional<slot> waiting = std::exchange(turn_, m.slot);
  if (waiting) {
    trouble_ = unused(*waiting, "the node was busy until the next one");
    co_return {};
  }
  const auto alone = co_await production_.enter();
  while (imports_.taken()) {
    const auto last_in_line = co_await imports_.enter();
  }
  const slot turn = *std::exchange(turn_, std::nullopt);

  std::optional<import_task> made = co_await produce(turn).or_return();
  if (!made) co_return {};
  const auto in_line = co_await imports_.enter();
  made->begun = now();
  const auto imported = co_await import(*made);
  trouble_ = imported ? std::string{} : unused(turn, "its block was refused: " + imported.error().message());
  if (imported.error().failed()) co_return imported.error();
  co_return {};
}

// A block of one's own for this slot, sealed; or none, and why.
task<std::optional<chain_actor::import_task>> chain_actor::produce(slot turn) {
  const auto not_used = [&](const std::string& why) {
    trouble_ = unused(turn, why);
    return std::nullopt;
  };
  const chain_spec& spec = *ports_.spec;
  const block_ref head = tree_->head();
  const slot_clock clock = clock_of(spec);
  const unix_milliseconds now = ports_.wall_clock();
  if (clock.slot_at(now) != turn) co_return not_used("the node came to it in slot " + std::to_string(clock.slot_at(now).value()));
  if (turn <= head.slot) co_return not_used("the head is in slot " + std::to_string(head.slot.value()));

  const payload_attributes attributes{payload_time(spec, turn), prev_randao_after(head.id), config().fee_recipient, {}};
  // A payload that comes when the slot is over, give or take the drift, would find no signature.
  const std::chrono::milliseconds left = clock.until_next(now) + spec.max_drift;
  auto built = ask(engine_, build_payload_on{engine_view(), attributes}, std::min(left, config().engine_within));
  auto payload = co_await built;
  if (!payload) co_return not_used("no payload: " + payload.error().message());

  import_task made;
  block_header& header = made.contents.header;
  header = {spec.chain_id, fork_at(spec, head.height + 1), head.height + 1, turn, now, head.id, ports_.authority, commitment_of(*payload)};
  made.contents.payload = std::move(*payload);
  auto signing = ask(aura_, seal_block{header}, config().engine_within);
  const auto signatures = co_await signing;
  if (!signatures) co_return not_used("no seal: " + signatures.error().message());
  made.contents.seal = signatures->seal;
  made.contents.approvals.assign(1, signatures->approval);
  made.ref = domain::ref_to(header);
  made.own = true;
  made.vote = signatures->vote;
  co_return made;
}

} // namespace alys::domain
