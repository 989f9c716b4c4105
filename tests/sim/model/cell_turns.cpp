// SPDX-License-Identifier: Apache-2.0
//
// The reference model of cells: handlers that wait. While one of them waits that lets nothing else in, its cell begins with no message and
// no timer. Whoever waits goes on in its own life only, and ends once: as it says, with an error that it hands on, or with its life.
#include "cell_model.hpp"

#include <algorithm>

namespace alys::sim {

// ---- waits ----

void cell_model::saw_wait(message_number m, const pending_wait& what) {
  message_state& state = messages_.at(m);
  cell_state& cell = cells_.at(state.what.to);
  if (state.at != place::in_hand) object(name(m) + " waits outside its turn");
  state.at = place::waits;
  state.wait = what;
  account_.queued(m, true);
  ++turns_.waited;
  if (std::find(cell.turns.begin(), cell.turns.end(), m) == cell.turns.end()) cell.turns.push_front(m);
  if (what.exclusive) cell.call_in_hand = m;
}

void cell_model::saw_resume(message_number m, std::uint32_t incarnation) {
  message_state& state = messages_.at(m);
  const cell_state& cell = cells_.at(state.what.to);
  if (state.at != place::waits || state.cut) object(name(m) + " went on although its handler did not wait");
  if (!cell.alive || cell.suspended || cell.incarnation != incarnation || state.begun_in != incarnation)
    object(name(m) + " went on in incarnation " + std::to_string(incarnation) + " of " + name_of_cell(state.what.to) +
           ", which is not alive, or waits for a decision");
  if (state.wait.asleep && now_ < state.wait.until) object(name(m) + " went on before its time");
  state.at = place::in_hand;
  account_.queued(m, false);
  ++turns_.resumed;
  if (!cell.running) ++turns_.resumed_while_stopping;
}

void cell_model::saw_set_aside(message_number m) {
  if (messages_.at(m).at != place::in_hand) object(name(m) + " was set aside outside its turn");
  messages_.at(m).set_aside = true;
}

// ---- ends ----

// Its cell may go on to the next. Whether it has waited.
bool cell_model::end_of_turn(message_number m) {
  message_state& state = messages_.at(m);
  cell_state& cell = cells_.at(state.what.to);
  const bool has_waited = std::erase(cell.turns, m) > 0;
  if (has_waited && state.set_aside) ++turns_.stashed;
  if (cell.call_in_hand == m) cell.call_in_hand.reset();
  return has_waited;
}

void cell_model::saw_handed_on(message_number m) {
  message_state& state = messages_.at(m);
  if (state.at != place::waits || !state.wait.or_return || !state.wait.asked) {
    object(name(m) + " ended where it waited, which is for no answer that could end it");
    return;
  }
  saw_some_error(*state.wait.asked);
  saw_resume(m, state.begun_in);
  state.handed_on = true;
  account_.handed_on(m);
  ++turns_.handed_on;
  saw_end(m, ending::refused);
}

// Of which kind is not known.
void cell_model::saw_some_error(message_number asked) {
  message_state& state = messages_.at(asked);
  const cell_state& asker = cells_.at(state.what.from.value());
  const message_state& by = messages_.at(
      *std::find_if(asker.turns.begin(), asker.turns.end(), [&](message_number each) { return messages_[each].wait.asked == asked; }));
  const bool in_time = now_ < by.wait.until;
  const bool settled = state.settled.has_value() || told_by_answer_.contains(asked);
  account_.answered_with_error(asked);
  if (!settled && in_time) object("the answer to " + name(asked) + " ended a handler before there was any");
  if (!in_time) {
    ++cells_[*state.what.from].expired;
    state.expired = true;
    state.unsure = settled;
    return;
  }
  state.answered = true;
  if (told_by_answer_.erase(asked) > 0) end(asked, ending::failed);
  if (state.at != place::owed) return;
  state.at = place::gone;
  account_.owed(asked, false);
}

void cell_model::saw_cut(message_number m) {
  message_state& state = messages_.at(m);
  if (state.at != place::waits || state.cut) object(name(m) + " had its frame destroyed while it did not wait");
  state.cut = true;
}

// The oldest first, as they come into the stash.
std::vector<message_number> cell_model::would_find_no_room(cell_number c) const {
  const cell_state& cell = cells_.at(c);
  std::size_t stashed = cell.stash.size();
  std::vector<message_number> lost;
  for (auto each = cell.turns.rbegin(); each != cell.turns.rend(); ++each) {
    if (messages_[*each].set_aside && ++stashed > cell.mailbox.stash_capacity && !is_request(*each)) lost.push_back(*each);
  }
  return lost;
}

std::vector<message_number> cell_model::would_be_interrupted(cell_number c) const {
  std::vector<message_number> lost;
  for (const message_number m : cells_.at(c).turns) {
    if (!messages_[m].set_aside && !is_request(m)) lost.push_back(m);
  }
  return lost;
}

void cell_model::apply_to_turns(cell_number c, outcome decided) {
  cell_state& cell = cells_.at(c);
  if (fate_of(message_role::owed_reply, decided) == fate::kept) {
    turns_.outlived_failure += cell.turns.size();
    return;
  }
  check_patience(c);
  const auto turns = std::exchange(cell.turns, {});
  cell.call_in_hand.reset();
  cell.line.clear();
  cell.passing.reset();
  for (auto each = turns.rbegin(); each != turns.rend(); ++each) {
    message_state& state = messages_[*each];
    if (!std::exchange(state.cut, false)) object("the frame of " + name(*each) + " outlives its incarnation");
    ++(decided == outcome::stop || !cell.running ? turns_.cut_by_stop : turns_.cut_by_restart);
    account_.queued(*each, false);
    if (!std::exchange(state.set_aside, false)) {
      end(*each, ending::undelivered);
      continue;
    }
    ++turns_.cut_aside;
    put_aside(*each);
  }
}

// Whoever is told to stop, and by nobody's failure, has time for the call in hand.
void cell_model::check_patience(cell_number c) {
  const cell_state& cell = cells_.at(c);
  if (hurried_ || cell.running || cell.suspended || !cell.call_in_hand || cell.stop_within == cell.stop_within.zero()) return;
  if (now_ < cell.stopping_since + cell.stop_within)
    object(name_of_cell(c) + " stopped with " + name(*cell.call_in_hand) + " in hand, which had time left");
}

// ---- turnstiles ----

void cell_model::saw_line_up(message_number m) { cells_.at(messages_.at(m).what.to).line.push_back(m); }

void cell_model::saw_pass(message_number m) {
  cell_state& cell = cells_.at(messages_.at(m).what.to);
  if (cell.passing) object(name(m) + " went through a turnstile where " + name(*cell.passing) + " still was");
  if (cell.line.empty() || cell.line.front() != m) object(name(m) + " went through a turnstile before its turn");
  cell.passing = m;
}

void cell_model::saw_leave_line(message_number m) {
  cell_state& cell = cells_.at(messages_.at(m).what.to);
  std::erase(cell.line, m);
  if (cell.passing == m) cell.passing.reset();
}

// ---- rest ----

std::size_t cell_model::turns_waiting() const {
  std::size_t all = 0;
  for (const cell_state& cell : cells_) all += cell.turns.size();
  return all;
}

std::vector<std::string> cell_model::waiting_in_vain() const {
  std::vector<std::string> found;
  for (cell_number c = 0; c < cells_.size(); ++c) {
    const cell_state& cell = cells_[c];
    if (!cell.alive || cell.suspended || cell.told_to_fail) continue;
    for (const message_number m : cell.turns) {
      const message_state& state = messages_[m];
      const bool answered = state.wait.asked && messages_[*state.wait.asked].settled;
      const bool through = !cell.passing && !cell.line.empty() && cell.line.front() == m && !state.wait.asleep && !state.wait.asked;
      if (state.wait.until <= now_ || answered || through) found.push_back("the handler of " + name(m) + " waits for what has come");
    }
  }
  return found;
}

} // namespace alys::sim
