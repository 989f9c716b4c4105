// SPDX-License-Identifier: Apache-2.0
//
// Turns, and the blocks that are made in them.
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/chain/identity.hpp>

#include <algorithm>

namespace alys::domain {

namespace {

constexpr std::chrono::nanoseconds shortest{1}; // that an answer is awaited

[[nodiscard]] std::string unused(slot turn, const std::string& why) {
  return "slot " + std::to_string(turn.value()) + " was not used: " + why;
}

} // namespace

void chain_actor::handle(const slot_coming& m) {
  coming_ = m.slot;
  build_ahead();
}

// A turn stands in line behind the imports that came before it, and before all that come later. Its block stands on what is durable. Only one
// turn waits: a later one takes its place.
task<result<void>, reentrant> chain_actor::handle(const slot_begun& m) {
  const std::optional<slot> waiting = std::exchange(turn_, m.slot);
  if (waiting) {
    trouble_ = unused(*waiting, "the node was busy until the next one");
    co_return {};
  }
  auto in_line = co_await imports_.enter();
  co_await wait_for_commits(0).or_return();
  const slot turn = *std::exchange(turn_, std::nullopt);
  if (gap_) {
    trouble_ = unused(turn, "the chain lags behind a certified block");
    co_return {};
  }
  producing_ = true;
  settle();
  auto made = co_await produce(turn);
  producing_ = false;
  if (!made || !*made) {
    settle();
    if (!made) co_return made.error();
    co_return {};
  }
  ++importing_;
  settle();
  const auto imported = co_await import(**made, in_line);
  import_ended(imported.error());
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
  const unix_milliseconds wall_now = ports_.wall_clock();
  if (clock.slot_at(wall_now) != turn) co_return not_used("the node came to it in slot " + std::to_string(clock.slot_at(wall_now).value()));
  if (turn <= head.slot) co_return not_used("the head is in slot " + std::to_string(head.slot.value()));

  // A payload that comes when the slot is over, give or take the drift, would find no signature.
  const std::chrono::milliseconds left = clock.until_next(wall_now) + spec.max_drift;
  auto payload = co_await build(turn, head, now() + std::min(left, config().engine_within));
  if (!payload) co_return not_used("no payload: " + payload.error().message());

  import_task made;
  block_header& header = made.contents.header;
  header = {spec.chain_id,    fork_at(spec, head.height + 1), head.height + 1, turn, wall_now, head.id,
            ports_.authority, commitment_of(*payload)};
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

// From the engine, which has been at it for a while if it began ahead and the head is still the same.
task<execution_payload> chain_actor::build(slot turn, const block_ref& head, std::chrono::nanoseconds until) {
  const auto ahead = std::exchange(opened_, std::nullopt);
  if (ahead && ahead->turn == turn && ahead->parent == head.id) {
    auto payload = co_await finish(*ahead, until);
    // An engine that began anew meanwhile knows nothing of it.
    if (payload != engine_error::unknown_payload) co_return payload;
  }
  const std::chrono::nanoseconds begun = now();
  auto beginning = ask(engine_, begin_payload{engine_view(), attributes_of(turn, head)}, std::max(until - begun, shortest));
  const auto id = co_await beginning;
  if (!id) co_return id.error();
  const open_payload opened{turn, head.id, *id, begun};
  co_return co_await finish(opened, until);
}

task<execution_payload> chain_actor::finish(const open_payload& opened, std::chrono::nanoseconds until) {
  // One that began late has to do with half of what is left: it must go through the import yet.
  const std::chrono::nanoseconds filled = std::min(opened.begun + config().build_time, now() + (until - now()) / 2);
  if (filled > now()) co_await sleep(filled - now());
  auto finishing = ask(engine_, finish_payload{opened.id}, std::max(until - now(), shortest));
  co_return co_await finishing;
}

// For the slot that comes, on the head as it is; again whenever the head moves.
void chain_actor::build_ahead() {
  if (!coming_ || gap_) return;
  if (clock_of(*ports_.spec).slot_at(ports_.wall_clock()) >= *coming_) return coming_.reset();
  const block_ref head = tree_->head();
  auto beginning = ask(engine_, begin_payload{engine_view(), attributes_of(*coming_, head)}, config().engine_within);
  const open_payload asked{*coming_, head.id, {}, now()};
  beginning.then(
      [this, asked](const payload_id& id) {
        opened_ = asked;
        opened_->id = id;
      },
      [](const error&) {}); // the engine is asked again when the slot begins, and what it says then counts
}

payload_attributes chain_actor::attributes_of(slot turn, const block_ref& head) const {
  return {payload_time(*ports_.spec, turn), prev_randao_after(head.id), config().fee_recipient, {}};
}

} // namespace alys::domain
