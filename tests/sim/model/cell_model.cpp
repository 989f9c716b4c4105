// SPDX-License-Identifier: Apache-2.0
//
// The reference model of cells, event by event.
#include "cell_model.hpp"

#include <algorithm>

namespace alys::sim {

namespace {
// Urgent messages go first, but after so many of them in a row a normal one has its turn.
constexpr std::uint64_t urgent_share = 16;
} // namespace

cell_number cell_model::add_cell(const mailbox_options& mailbox, const redelivery& redeliver, std::chrono::milliseconds stop_within) {
  cell_state added;
  added.mailbox = mailbox;
  added.redeliver = redeliver;
  added.stop_within = stop_within;
  cells_.push_back(std::move(added));
  return static_cast<cell_number>(cells_.size() - 1);
}

// ---- the door ----

message_number cell_model::send(const outgoing& what) {
  demand_reasons();
  message_state m{.what = what, .at = place::at_the_door, .end = std::nullopt};
  if (what.from) m.asked_by = cells_.at(*what.from).incarnation;
  messages_.push_back(m);
  const auto number = static_cast<message_number>(messages_.size() - 1);
  account_.sent(number, what.request);
  return number;
}

door_verdict cell_model::expected_at_the_door(message_number m) const {
  const outgoing& what = messages_.at(m).what;
  const cell_state& cell = cells_.at(what.to);
  static_assert(fate_of(message_role::arriving, outcome::stop) == fate::rejected);
  if (cell.ended) return {.turned_away = ending::rejected};
  const auto& waiting = what.urgent ? cell.urgent : cell.normal;
  const auto& before = what.urgent ? cell.parked_urgent : cell.parked_normal;
  static_assert(fate_of(message_role::arriving, outcome::breaker_open) == fate::rejected);
  if (cell.room && *cell.room < capacity(cell, what.urgent)) {
    if (waiting.size() < *cell.room) return {};
    return {.turned_away = ending::rejected, .by_breaker = true};
  }
  if (waiting.size() < capacity(cell, what.urgent) && before.empty()) return {};
  switch (cell.mailbox.overflow) {
    case overflow::reject: return {.turned_away = ending::rejected};
    case overflow::drop_newest: return {.turned_away = ending::dropped};
    case overflow::block: break;
    case overflow::drop_oldest: return {.displaced = waiting.front()};
  }
  // Who sends to himself would wait for himself, and what comes back from quarantine has no sender that could.
  if (what.may_wait && what.from != what.to && messages_.at(m).at == place::at_the_door) return {.parked = true};
  return {.turned_away = ending::rejected};
}

void cell_model::saw_at_the_door(message_number m, const door_verdict& seen, bool told_at_once) {
  const door_verdict expected = expected_at_the_door(m);
  if (seen != expected) {
    const auto word = [](const door_verdict& v) {
      if (v.turned_away) return std::string{to_string(*v.turned_away)};
      if (v.parked) return std::string{"left to wait for room"};
      return v.displaced ? "taken in place of message " + std::to_string(*v.displaced) : std::string{"taken in"};
    };
    object(name(m) + " was " + word(seen) + " where it should have been " + word(expected));
  }
  if (told_at_once) account_.told_at_once(m);
  if (seen.turned_away) return end(m, *seen.turned_away);
  if (seen.parked) return park(m);
  take_in(m, seen);
}

void cell_model::take_in(message_number m, const door_verdict& seen) {
  message_state& state = messages_[m];
  cell_state& cell = cells_[state.what.to];
  if (seen.displaced) {
    std::erase(lane(cell, state.what.urgent), *seen.displaced);
    end(*seen.displaced, ending::dropped);
  }
  state.at = place::queued;
  account_.queued(m, true);
  lane(cell, state.what.urgent).push_back(m);
}

// ---- lives and handlers ----

void cell_model::saw_built(cell_number c, std::uint32_t incarnation) {
  cell_state& cell = cells_.at(c);
  if (cell.ended) object(name_of_cell(c) + " started after its end");
  if (cell.alive) object(name_of_cell(c) + " started a second incarnation while one was alive");
  if (incarnation <= cell.incarnation)
    object(name_of_cell(c) + " started as incarnation " + std::to_string(incarnation) + " after " + std::to_string(cell.incarnation));
  cell.incarnation = incarnation;
  cell.alive = true;
  cell.suspended = false;
}

void cell_model::saw_started(cell_number c, std::uint32_t incarnation) {
  cell_state& cell = cells_.at(c);
  if (!cell.alive || cell.running || cell.incarnation != incarnation) saw_built(c, incarnation);
  if (cell.suspended) object(name_of_cell(c) + " runs although its start has failed");
  cell.running = true;
  cell.ran_before = std::exchange(cell.ran, incarnation);
}

void cell_model::saw_stopping(cell_number c) {
  cells_.at(c).running = false;
  cells_.at(c).stopping_since = now_;
}

void cell_model::saw_begin(message_number m, std::uint32_t incarnation) {
  demand_reasons();
  message_state& state = messages_.at(m);
  cell_state& cell = cells_.at(state.what.to);
  if (!cell.running || cell.suspended) object(name_of_cell(state.what.to) + " handled " + name(m) + " while it was not running");
  if (incarnation != cell.incarnation)
    object(name(m) + " was handled by incarnation " + std::to_string(incarnation) + " in the life of " + std::to_string(cell.incarnation));
  if (cell.parked_sends > 0)
    object(name_of_cell(state.what.to) + " handled " + name(m) + " while " + std::to_string(cell.parked_sends) +
           " of its own wait for room elsewhere");
  if (cell.call_in_hand)
    object(name_of_cell(state.what.to) + " handled " + name(m) + " while the handler of " + name(*cell.call_in_hand) + " waited");
  if (!cell.turns.empty()) ++turns_.overlapped;
  if (state.at != place::queued) object(name(m) + " was handled although it was not queued");
  auto& waiting = lane(cell, state.what.urgent);
  if (!waiting.empty() && waiting.front() != m) object(name(m) + " was handled before " + name(waiting.front()) + ", which came first");
  std::erase(waiting, m);
  check_priority(cell, m);
  state.at = place::in_hand;
  state.begun_in = incarnation;
  account_.queued(m, false);
  let_in(state.what.to, state.what.urgent);
}

void cell_model::check_priority(cell_state& cell, message_number m) {
  if (messages_[m].what.urgent) {
    ++cell.urgent_in_a_row;
    if (!cell.normal.empty() && ++cell.urgent_first > urgent_share)
      object(name(m) + " is one urgent message too many while " + name(cell.normal.front()) + " waits");
    return;
  }
  if (!cell.urgent.empty() && cell.urgent_in_a_row < urgent_share)
    object(name(m) + " was handled before " + name(cell.urgent.front()) + ", which is urgent");
  cell.urgent_in_a_row = cell.urgent_first = 0;
}

void cell_model::saw_end(message_number m, ending how) {
  if (messages_.at(m).at != place::in_hand) object(name(m) + " ended a turn that had not begun");
  const bool has_waited = end_of_turn(m);
  if (how == ending::failed && has_waited) ++turns_.failed;
  if (how != ending::failed) return std::exchange(messages_[m].set_aside, false) ? put_aside(m) : end(m, how);
  messages_[m].set_aside = false;
  cell_state& cell = cells_.at(messages_.at(m).what.to);
  if (cell.redeliver.times > 0) {
    messages_[m].at = place::failing;
    cell.failing = m;
  } else {
    end(m, how);
  }
  saw_failure(messages_[m].what.to);
}

void cell_model::saw_promise(message_number m) {
  message_state& state = messages_.at(m);
  if (state.at != place::in_hand) object(name(m) + " was promised an answer outside its turn");
  end(m, ending::handled);
  state.at = place::owed;
  state.settled.reset();
  account_.owed(m, true);
}

void cell_model::saw_paid(message_number m) {
  message_state& state = messages_.at(m);
  if (state.at != place::owed) return; // its receiver's life has ended meanwhile
  state.at = place::gone;
  state.settled = now_;
  account_.owed(m, false);
}

void cell_model::saw_failure(cell_number c) { cells_.at(c).suspended = true; }

void cell_model::saw_answer(message_number m, answer given) {
  message_state& state = messages_.at(m);
  account_.answered(m, given);
  if (given != answer::deadline && told_by_answer_.erase(m) > 0) end(m, given == answer::failure ? ending::failed : ending::undelivered);
  if (given == answer::value && !state.end) object(name(m) + " was answered with a value before it was handled");
  if (state.at == place::owed && given != answer::deadline) {
    state.at = place::gone;
    account_.owed(m, false);
  }
  if (given != answer::deadline) state.answered = true;
  if (!state.what.from) return;
  cell_state& asker = cells_.at(*state.what.from);
  if (given == answer::deadline) {
    ++asker.expired;
    state.expired = true;
    if (state.handed_on && state.settled) state.unsure = true; // it may be what was handed on
    else if (state.settled && *state.settled < now_)
      object("the answer to " + name(m) + " was given before its deadline and did not arrive");
  }
  if (asker.suspended || !asker.alive || asker.incarnation != state.asked_by) {
    object("the answer to " + name(m) + " reached an incarnation of " + name_of_cell(*state.what.from) +
           " that had not asked or was not running");
  }
}

void cell_model::saw_dead_letter(message_number m) {
  messages_.at(m).dead_letter = true;
  account_.dead_lettered(m);
}

void cell_model::saw_orphaned_answer(cell_number asker) { ++cells_.at(asker).orphans; }
void cell_model::saw_late_answer(cell_number asker) { ++cells_.at(asker).late; }

void cell_model::saw_timer_set(cell_number c, timer_number t) { cells_.at(c).timers.insert(t); }

void cell_model::saw_timer_fired(cell_number c, timer_number t, std::uint32_t incarnation, bool again) {
  cell_state& cell = cells_.at(c);
  if (!cell.running || cell.suspended) object(name_of_cell(c) + " had a timer fire while it was not running");
  if (cell.call_in_hand) object(name_of_cell(c) + " had a timer fire while the handler of " + name(*cell.call_in_hand) + " waited");
  const bool known = again ? cell.timers.contains(t) : cell.timers.erase(t) > 0;
  if (incarnation != cell.incarnation || !known)
    object(name_of_cell(c) + " had timer " + std::to_string(t) + " fire, which its incarnation had not set");
}

// ---- decisions ----

void cell_model::saw_outcome(cell_number c, outcome decided) {
  cell_state& cell = cells_.at(c);
  apply_to_parked(c, decided);
  apply_to_turns(c, decided);
  apply_to_failing(cell, decided);
  apply_to_stashed(cell, decided);
  apply_to_queued(cell, decided);
  apply_to_owed(c, decided);
  apply_to_awaited(c, decided);
  apply_to_timers(cell, decided);
  if (decided == outcome::resume && !cell.running) object(name_of_cell(c) + " was resumed without a life to resume");
  cell.suspended = cell.told_to_fail = false;
  if (decided != outcome::resume) cell.alive = cell.running = false;
  if (decided == outcome::stop) cell.ended = true;
}

void cell_model::apply_to_queued(cell_state& cell, outcome decided) {
  if (fate_of(message_role::queued, decided) == fate::kept) return;
  for (auto* waiting : {&cell.urgent, &cell.normal}) {
    for (const message_number m : *waiting) end(m, ending::undelivered);
    waiting->clear();
  }
}

void cell_model::apply_to_owed(cell_number c, outcome decided) {
  if (fate_of(message_role::owed_reply, decided) == fate::kept) return;
  for (message_number m = 0; m < messages_.size(); ++m) {
    if (messages_[m].what.to != c || messages_[m].at != place::owed) continue;
    messages_[m].at = place::gone; // from now on the audit demands an answer
    messages_[m].settled = now_;
    account_.owed(m, false);
  }
}

void cell_model::apply_to_awaited(cell_number c, outcome decided) {
  const fate end_of_answer = fate_of(message_role::awaited_reply, decided);
  if (end_of_answer == fate::kept) return;
  const bool unsure = std::exchange(cells_[c].unsure, false);
  for (message_number m = 0; m < messages_.size(); ++m) {
    message_state& state = messages_[m];
    if (!state.what.request || state.what.from != c || state.asked_by != cells_[c].incarnation || !cells_[c].alive) continue;
    account_.asker_gone(m);
    state.orphan = !state.answered && (unsure || end_of_answer == fate::dead_letter);
    state.cancelled = !state.answered && (unsure || end_of_answer == fate::cancelled);
    if (state.orphan) ++cells_[c].orphans_allowed;
  }
}

void cell_model::apply_to_timers(cell_state& cell, outcome decided) {
  if (fate_of(message_role::timer, decided) == fate::kept) return;
  cell.timers_dropped += cell.timers.size();
  cell.timers.clear();
}

void cell_model::end(message_number m, ending how) {
  message_state& state = messages_.at(m);
  account_.queued(m, false);
  account_.ended(m, how);
  state.at = place::gone;
  state.end = how;
  if (!state.told) state.settled = now_;
}

// ---- what follows ----

std::set<ending> cell_model::allowed(message_number m) const {
  const message_state& state = messages_.at(m);
  const cell_state& cell = cells_.at(state.what.to);
  if (state.end) return {*state.end};
  switch (state.at) {
    case place::at_the_door: {
      const door_verdict verdict = expected_at_the_door(m);
      if (verdict.turned_away) return {*verdict.turned_away};
      break;
    }
    case place::in_hand:
      if (cell.redeliver.times == 0) return {ending::handled, ending::refused, ending::failed};
      break;
    case place::waits:
    case place::parked:
    case place::queued:
    case place::failing:
    case place::stashed:
    case place::owed:
    case place::gone: break;
  }
  std::set<ending> ends{ending::handled, ending::refused, ending::failed, ending::undelivered};
  if (state.at == place::parked) ends.insert(ending::rejected);
  if (cell.redeliver.times > 0) ends.insert(ending::quarantined);
  if (cell.mailbox.overflow == overflow::drop_oldest) ends.insert(ending::dropped);
  return ends;
}

std::vector<message_number> cell_model::waiting(cell_number c) const {
  const cell_state& cell = cells_.at(c);
  std::vector<message_number> all;
  for (const auto* part : {&cell.urgent, &cell.parked_urgent, &cell.normal, &cell.parked_normal})
    all.insert(all.end(), part->begin(), part->end());
  return all;
}

std::uint64_t cell_model::count(cell_number c, ending how) const {
  return static_cast<std::uint64_t>(
      std::count_if(messages_.begin(), messages_.end(), [&](const message_state& m) { return m.what.to == c && m.end == how; }));
}

std::size_t cell_model::queued(cell_number c) const { return cells_.at(c).urgent.size() + cells_.at(c).normal.size(); }
std::uint64_t cell_model::timers_dropped(cell_number c) const { return cells_.at(c).timers_dropped; }
std::uint64_t cell_model::orphans_expected_at_most(cell_number c) const { return cells_.at(c).orphans_allowed; }

std::pair<std::uint64_t, std::uint64_t> cell_model::lost_answers_expected(cell_number c) const {
  std::uint64_t least = 0, most = 0;
  for (const message_state& m : messages_) {
    if (!m.what.request || m.what.from != c || !m.settled || !(m.orphan || m.expired || forgotten(m))) continue;
    ++most;
    if (!m.cancelled && !m.unsure) ++least; // else it may have come before the life ended, or after
  }
  return {least, most};
}

// It was cancelled with a life so long ago that its answer may count as a dead letter all the same.
bool cell_model::forgotten(const message_state& asked) const {
  constexpr std::uint32_t remembered_lives = 64;
  return asked.cancelled && cells_.at(asked.what.from.value()).incarnation >= asked.asked_by + remembered_lives;
}

std::vector<std::string> cell_model::idle_with_work() const {
  std::vector<std::string> found;
  for (cell_number c = 0; c < cells_.size(); ++c) {
    if (cells_[c].running && !cells_[c].suspended && cells_[c].parked_sends == 0 && !cells_[c].call_in_hand && queued(c) > 0)
      found.push_back(name_of_cell(c) + " runs and rests with " + std::to_string(queued(c)) + " messages in its mailbox");
  }
  return found;
}

std::vector<std::string> cell_model::problems() const {
  std::vector<std::string> all = problems_;
  for (message_number m = 0; m < messages_.size(); ++m) {
    if (messages_[m].at == place::at_the_door && !messages_[m].end)
      all.push_back(name(m) + " was sent and nobody said what the door did with it");
    if (messages_[m].at == place::failing) all.push_back(name(m) + " has failed and nobody decided about it");
    if (messages_[m].at == place::in_hand) all.push_back(name(m) + " began a turn that never ended");
  }
  for (cell_number c = 0; c < cells_.size(); ++c) {
    const auto long_ago = std::count_if(messages_.begin(), messages_.end(),
                                        [&](const message_state& m) { return m.what.request && m.what.from == c && forgotten(m); });
    if (cells_[c].orphans > cells_[c].orphans_allowed + static_cast<std::uint64_t>(long_ago))
      all.push_back(name_of_cell(c) + " made a dead letter of an answer that none of its ended incarnations waited for");
    if (cells_[c].late > cells_[c].expired) all.push_back(name_of_cell(c) + " called an answer late although no deadline had passed");
  }
  for (const auto& some : {parked_in_vain(), waiting_in_vain(), idle_with_work()}) all.insert(all.end(), some.begin(), some.end());
  alys::sim::account account = account_;
  for (const message_number m : told_by_answer_) account.ended(m, ending::failed); // whoever asked has gone
  const std::vector<std::string> sums = account.audit();
  all.insert(all.end(), sums.begin(), sums.end());
  return all;
}

} // namespace alys::sim
