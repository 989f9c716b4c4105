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

void chain_actor::handle(const slot_begun& m) {
  if (!importing_ && !producing_) return produce(m.slot);
  if (turn_) trouble_ = unused(*turn_, "the node was busy until the next one");
  turn_ = m.slot;
}

void chain_actor::produce(slot turn) {
  const chain_spec& spec = *ports_.spec;
  const block_ref head = tree_->head();
  const slot_clock clock = clock_of(spec);
  const unix_milliseconds now = ports_.wall_clock();
  if (clock.slot_at(now) != turn) return not_produced(turn, "the node came to it in slot " + std::to_string(clock.slot_at(now).value()));
  if (turn <= head.slot) return not_produced(turn, "the head is in slot " + std::to_string(head.slot.value()));
  producing_ = true;
  const payload_attributes attributes{payload_time(spec, turn), prev_randao_after(head.id), config().fee_recipient, {}};
  // A payload that comes when the slot is over, give or take the drift, would find no signature.
  const std::chrono::milliseconds left = clock.until_next(now) + spec.max_drift;
  auto built = ask(engine_, build_payload_on{engine_view(), attributes}, std::min(left, config().engine_within));
  built.then(
      [this, head, turn, now](execution_payload&& payload) {
        block made;
        made.header = {ports_.spec->chain_id, fork_at(*ports_.spec, head.height + 1), head.height + 1, turn, now, head.id, ports_.authority,
                       commitment_of(payload)};
        made.payload = std::move(payload);
        seal(std::move(made));
      },
      [this, turn](const error& e) { not_produced(turn, "no payload: " + e.message()); });
}

void chain_actor::seal(block made) {
  const slot turn = made.header.slot;
  auto sealed = ask(aura_, seal_block{made.header}, config().engine_within);
  sealed.then(
      [this, made = std::move(made)](const author_signatures& signatures) mutable {
        producing_ = false;
        made.seal = signatures.seal;
        made.approvals = {signatures.approval};
        const block_ref ref = domain::ref_to(made.header);
        imports_.push_back({std::move(made), ref, true, signatures.vote, now(), {}});
        import_next();
      },
      [this, turn](const error& e) { not_produced(turn, "no seal: " + e.message()); });
}

void chain_actor::not_produced(slot turn, const std::string& why) {
  producing_ = false;
  trouble_ = unused(turn, why);
  import_next(); // where a turn may wait
}

} // namespace alys::domain
