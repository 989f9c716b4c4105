// SPDX-License-Identifier: Apache-2.0
#include "watchdog.hpp"

#include "cell.hpp"
#include "supervisor.hpp"

#include <alys/actors/duration_text.hpp>

namespace alys {

namespace {
// Of a time that was measured: nobody wants to read nanoseconds.
[[nodiscard]] std::string rounded(std::chrono::nanoseconds t) { return to_text(std::chrono::duration_cast<std::chrono::milliseconds>(t)); }
} // namespace

void validate(const watchdog_options& options, problem_list& problems) {
  if (options.period < options.period.zero() || options.period > std::chrono::hours{24})
    problems.push_back({"period", "must not be negative, and at most a day"});
  if (options.handler_limit <= options.handler_limit.zero() || options.handler_limit > std::chrono::hours{24 * 365})
    problems.push_back({"handler_limit", "must be more than 0 and at most a year"});
}

std::string to_string(const overrun& what) {
  return what.path + ": " + what.handling + (what.came_back ? " came back after " : " has been running for ") + rounded(what.ran_for) +
         " (limit " + to_text(what.limit) + ")";
}

namespace detail {

watchdog::watchdog(runtime& world, const watchdog_options& options) : world_(world), options_(options) { pulse_->beat(world_.now()); }

bool watchdog::alive() const noexcept { return alys::alive(pulse_->last(), world_.now(), options_.period); }

void watchdog::look() {
  now_ = world_.now();
  turns busy;
  queues waiting;
  std::vector<suspect> suspects;
  world_.paths().for_each([&](scheduled& s) {
    const work_sample w = s.sample();
    if (w.busy) look_at_turn(s, w, busy, suspects);
    if (w.queued > 0) look_at_queue(s, w, waiting);
    else s.mark_stalled(false);
  });
  turns_.swap(busy);
  queues_.swap(waiting);
  for (auto& [slot, ended] : busy) { // what was handed on to turns_ is empty here
    if (!ended.told) continue;
    ended.told->came_back = true;
    ended.told->ran_for = now_ - ended.first_seen;
    world_.handler_overran(*ended.told);
  }
  for (const suspect& s : suspects) tell(s, turns_[s.slot]);
  look_at_pool();
}

// ---- turns ----

void watchdog::look_at_turn(scheduled& s, const work_sample& w, turns& still, std::vector<suspect>& suspects) {
  const auto before = turns_.find(s.slot());
  if (before == turns_.end() || before->second.step != w.step) {
    s.mark_stuck(false);
    still.emplace(s.slot(), seen_turn{w.step, now_, nullptr});
    return;
  }
  seen_turn& same = still.emplace(s.slot(), std::move(before->second)).first->second;
  const std::chrono::nanoseconds limit = w.limit > std::chrono::nanoseconds::zero() ? w.limit : options_.handler_limit;
  if (!same.told && now_ - same.first_seen >= limit) suspects.push_back({s.slot(), s.path(), limit});
}

// Not under the registry's lock: this calls observers.
void watchdog::tell(const suspect& who, seen_turn& turn) {
  const auto slot = world_.paths().find(who.path);
  if (!slot || slot->slot() != who.slot) return;
  tree_node view;
  slot->describe(view);
  const work_sample now = slot->sample();
  if (!now.busy || now.step != turn.step) return; // it came back meanwhile
  overrun what{who.path, view.incarnation, view.handling, now_ - turn.first_seen, who.limit, false};
  slot->mark_stuck(true);
  overruns_.fetch_add(1, std::memory_order_relaxed);
  world_.handler_overran(what);
  if (view.state == lifecycle_state::running) answer(slot, what);
  turn.told = std::make_unique<overrun>(std::move(what));
}

void watchdog::answer(const std::shared_ptr<scheduled>& who, const overrun& what) {
  const auto* actor = dynamic_cast<const cell*>(who.get());
  if (actor == nullptr) return;
  const auto failure = [&] { return fail(errc::handler_overran, category::timeout, severity::medium, to_string(what)); };
  switch (actor->plan().options->health.when_stuck) {
    case stuck_answer::report: return;
    case stuck_answer::fail_on_return: {
      auto order = std::make_unique<command>(command_kind::overran, what.incarnation);
      order->cause = failure();
      who->post(std::move(order));
      return;
    }
    case stuck_answer::fail_at_once: {
      const auto parent = world_.paths().find(what.path.substr(0, what.path.rfind('/')));
      auto* decides = dynamic_cast<supervisor*>(parent.get());
      if (decides == nullptr) return;
      auto r = std::make_unique<report>(report_kind::failed, actor->number(), what.incarnation);
      r->cause = failure();
      r->source = failure_source::watchdog;
      decides->take_report(std::move(r));
      return;
    }
  }
}

// ---- queues ----

void watchdog::look_at_queue(scheduled& s, const work_sample& w, queues& still) {
  const auto before = queues_.find(s.slot());
  const bool moves = before == queues_.end() || before->second.step != w.step || !w.running;
  const auto since = moves ? now_ : before->second.since;
  still.emplace(s.slot(), seen_queue{w.step, since});
  s.mark_stalled(now_ - since >= w.stalled_after);
}

// ---- the pool ----

void watchdog::look_at_pool() {
  const bool works = alive();
  if (works != was_alive_) {
    was_alive_ = works;
    world_.liveness_changed(works, works ? std::string{} : who_is_busy());
  }
  if (pulse_->begin()) world_.threads().beat(pulse_);
}

std::string watchdog::who_is_busy() const {
  std::string text;
  std::size_t named = 0;
  constexpr std::size_t most_named = 16;
  world_.paths().for_each([&](scheduled& s) {
    const work_sample w = s.sample();
    if (!w.busy || named++ >= most_named) return;
    text += (text.empty() ? "" : ", ") + s.path();
    if (w.name != nullptr) text += " in " + std::string{w.name()};
  });
  return text;
}

} // namespace detail
} // namespace alys
