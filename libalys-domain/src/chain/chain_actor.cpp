// SPDX-License-Identifier: Apache-2.0
//
// Turns, questions and production. The start is in chain_start.cpp, imports in chain_import.cpp.
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/chain/identity.hpp>

namespace alys::domain {

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
  accepted.then(
      [this, answer, raw = std::move(m.raw)](const hash256& hash) mutable {
        // The sender hears of it once it is written down: an accepted transaction outlives this process.
        auto journaled = ask(writer_, journal_transaction{{hash, std::move(raw)}}, config().store_within);
        journaled.then([answer, hash] { answer.deliver(hash); }, [answer](const error& e) { answer.deliver(e); });
      },
      [answer](const error& e) { answer.deliver(e); });
  return answer;
}

// ---- production ----

void chain_actor::handle(const slot_begun& m) {
  if (importing_ || producing_) turn_ = m.slot; // a later turn takes the place of an earlier one that never came to it
  else produce(m.slot);
}

void chain_actor::produce(slot turn) {
  const chain_spec& spec = *ports_.spec;
  const block_ref head = tree_->head();
  const slot_clock clock = clock_of(spec);
  const unix_milliseconds now = ports_.wall_clock();
  if (turn <= head.slot || clock.slot_at(now) != turn) return; // too late: the slot is taken, or over
  producing_ = true;
  const payload_attributes attributes{payload_time(spec, turn), prev_randao_after(head.id), ports_.fee_recipient, {}};
  auto built = ask(engine_, build_payload_on{engine_view(), attributes}, config().engine_within);
  built.then(
      [this, head, turn, now](execution_payload&& payload) {
        block made;
        made.header = {ports_.spec->chain_id, fork_at(*ports_.spec, head.height + 1), head.height + 1, turn, now, head.id, ports_.authority, commitment_of(payload)};
        made.payload = std::move(payload);
        seal(std::move(made));
      },
      [this](const error& e) {
        producing_ = false;
        trouble_ = "no payload for the last turn: " + e.message();
      });
}

void chain_actor::seal(block made) {
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
      [this](const error& e) {
        producing_ = false;
        trouble_ = "no seal for the last turn: " + e.message();
      });
}

} // namespace alys::domain
