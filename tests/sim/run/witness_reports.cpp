// SPDX-License-Identifier: Apache-2.0
//
// What the tree itself reports to the witness: steps of lives, decisions, dead letters.
#include "witness.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace alys::sim {

void witness::lifecycle_changed(std::string_view path, const lifecycle_event& step) noexcept {
  if (just_gone_ && step.to == lifecycle_state::terminated && path_of(*just_gone_) == path) settle_gone(outcome::stop);
  event(std::string{path} + ' ' + std::string{to_string(step.to)}, step.incarnation);
  supervision_.saw_step(std::string{path}, step, problems_);
  if (const auto c = find(path)) cell_changed(*c, step);
}

void witness::cell_changed(cell_number c, const lifecycle_event& step) {
  cell_info& cell = cells_.at(c);
  if (step.to == lifecycle_state::running) model_.saw_started(c, step.incarnation);
  if (step.to == lifecycle_state::stopping) model_.saw_stopping(c);
  if (step.to == lifecycle_state::failed || step.to == lifecycle_state::stopped) cell.down = true;
  if (step.to != lifecycle_state::terminated) return;
  turn_away(c);
  cell.ended = true;
  model_.saw_outcome(c, outcome::stop);
  const auto last = std::find_if(endings_.rbegin(), endings_.rend(), [&](const auto& each) { return each.first == cell.path; });
  if (last != endings_.rend() && (last->second == outcome::restart || last->second == outcome::breaker_open)) last->second = outcome::stop;
}

// Whose dead letters are due when the slot ends: notifications, in their order.
void witness::turn_away(cell_number c) {
  cell_info& cell = cells_.at(c);
  if (std::exchange(cell.ending, true)) return;
  const auto left = model_.waiting(c);
  cell.turned_away.assign(left.begin(), left.end());
  std::erase_if(cell.turned_away, [&](message_number m) { return model_.is_request(m); });
}

void witness::failure_decided(const failure& what, action then) noexcept {
  event("decided about " + what.path, static_cast<int>(then), what.incarnation);
  supervision_.saw_decision(what, then, now_(), problems_);
  if (then != action::resume) hurries();
  const auto c = find(what.path);
  if (!c) return;
  if (then == action::resume) return model_.saw_outcome(*c, outcome::resume);
  if (cells_.at(*c).alive && cells_.at(*c).incarnation == what.incarnation) model_.saw_failure(*c); // an injected one was not seen
  cells_.at(*c).decided = supervision_.escalated() ? outcome::escalate : supervision_.opened() ? outcome::breaker_open : outcome::restart;
}

void witness::breaker_changed(std::string_view path, breaker_state to) noexcept {
  event("breaker of " + std::string{path}, static_cast<int>(to));
  const auto room = supervision_.saw_breaker(std::string{path}, to, now_(), problems_);
  const auto c = find(path);
  if (!c) return;
  model_.saw_door(*c, room);
  // All counts from nothing while it still waits to come down: it may have been told before that or not.
  if (to == breaker_state::closed && cells_.at(*c).decided == outcome::breaker_open) model_.may_be_restarted(*c);
}

void witness::message_quarantined(const quarantined_message& what) noexcept {
  event("quarantined for " + what.receiver, what.killed, what.last_incarnation);
  const auto c = find(what.receiver);
  const auto m = c ? model_.failing(*c) : std::nullopt;
  if (!m) return object("number " + std::to_string(what.id) + " went to quarantine, which " + what.receiver + " had not failed on");
  quarantine_.saw_entry(what.id, *m);
  cells_.at(*c).quarantined = true;
  if (replayed_.contains(*m)) happened_.note(happening::quarantined_again);
}

void witness::dead_letter_made(const dead_letter& letter) noexcept {
  if (just_gone_ && letter.cause == dead_letter_cause::receiver_stopped && path_of(*just_gone_) == letter.receiver)
    settle_gone(outcome::stop);
  event("dead letter to " + std::string{letter.receiver} + ": " + std::string{to_string(letter.cause)});
  if (discarding_ && letter.cause == dead_letter_cause::discarded) return model_.saw_dead_letter(*std::exchange(discarding_, std::nullopt));
  const auto c = find(letter.receiver);
  if (!c) return object("a dead letter to " + std::string{letter.receiver} + ", which nobody declared");
  if (!publishing_.empty()) return lost_in_publication(*c, letter);
  switch (letter.cause) {
    case dead_letter_cause::mailbox_full:
    case dead_letter_cause::breaker_open:
    case dead_letter_cause::dropped_newest: return lost_at_the_door(*c, letter);
    case dead_letter_cause::dropped_oldest:
      if (displaced_) return model_.saw_dead_letter(*std::exchange(displaced_, std::nullopt));
      if (sending_ && verdict_.displaced) return model_.saw_dead_letter(*verdict_.displaced);
      break;
    case dead_letter_cause::receiver_stopped: return sending_ ? lost_at_the_door(*c, letter) : lost_at_the_end(*c, letter);
    case dead_letter_cause::failed:
      if (cells_.at(*c).in_hand) model_.saw_dead_letter(*cells_.at(*c).in_hand); // else it was a timer's, which nobody sent
      return;
    case dead_letter_cause::old_incarnation: return model_.saw_orphaned_answer(*c);
    case dead_letter_cause::late_answer: return model_.saw_late_answer(*c);
    case dead_letter_cause::interrupted: return lost_where_it_waited(*c, letter);
    case dead_letter_cause::stash_full:
      if (cells_.at(*c).down) return lost_where_it_waited(*c, letter);
      [[fallthrough]];
    case dead_letter_cause::not_accepted:
    case dead_letter_cause::no_receiver:
      if (cells_.at(*c).in_hand) return model_.saw_dead_letter(*cells_.at(*c).in_hand);
      break;
    case dead_letter_cause::quarantine_full:
    case dead_letter_cause::discarded: break;
  }
  object("a dead letter without a reason: " + to_string(letter));
}

void witness::lost_while_parked(cell_number c, const dead_letter& letter) {
  if (model_.parked(c) == 0)
    return object("a dead letter at the door of " + cells_.at(c).path + " with nobody before it: " + to_string(letter));
  parked_letter_ = {c, letter.cause};
}

void witness::lost_at_the_door(cell_number c, const dead_letter& letter) {
  if (!sending_) return lost_while_parked(c, letter);
  model_.saw_dead_letter(*sending_);
}

void witness::lost_in_publication(cell_number c, const dead_letter& letter) {
  const auto copy = std::find_if(publishing_.begin(), publishing_.end(), [c](const auto& each) { return each.to == c; });
  if (copy == publishing_.end())
    return object("a dead letter to " + cells_.at(c).path + " of what it was not to get: " + to_string(letter));
  if (copy->verdict.displaced) return model_.saw_dead_letter(*copy->verdict.displaced);
  model_.saw_dead_letter(copy->number);
}

void witness::lost_at_the_end(cell_number c, const dead_letter& letter) {
  turn_away(c);
  auto& due = cells_.at(c).turned_away;
  if (due.empty()) return object("more was turned away at the end of " + cells_.at(c).path + " than was waiting: " + to_string(letter));
  const message_number m = due.front();
  due.pop_front();
  if (model_.is_parked(m)) return lost_while_parked(c, letter);
  model_.saw_dead_letter(m);
}

void witness::logged(log_level level, std::string_view line) {
  // What cannot be healed is said aloud, and what a user's function throws.
  constexpr std::array<std::string_view, 4> said{"the root supervisor gave up", ": goes on without ",
                                                 ": restarts all below it: ", ": the strategy threw: "};
  const bool due = std::any_of(said.begin(), said.end(), [&](std::string_view each) { return line.find(each) != std::string_view::npos; });
  if (level == log_level::error && !due) object("an error in the log: " + std::string{line});
  if (talks_) std::printf("log: %s\n", std::string{line}.c_str());
}

} // namespace alys::sim
