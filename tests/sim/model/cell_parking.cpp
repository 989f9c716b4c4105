// SPDX-License-Identifier: Apache-2.0
//
// The reference model of cells: messages that wait for room in a full mailbox that blocks.
//
// Nobody says aloud that such a message is let in: that follows from each message that its receiver begins with. That one was turned away
// is seen by its being gone. A reason for it there must be: its time was up, or else the end of its receiver, an open breaker there, or the
// end of its sender is the next to be seen.
#include "cell_model.hpp"

#include <algorithm>

namespace alys::sim {

namespace {
constexpr const char* no_reason = " waited for room, and was turned away before its time for no reason";
} // namespace

// ---- in and out ----

void cell_model::park(message_number m) {
  message_state& state = messages_.at(m);
  cell_state& to = cells_.at(state.what.to);
  state.at = place::parked;
  state.until = now_ + to.mailbox.block_for;
  before_door(to, state.what.urgent).push_back(m);
  if (state.what.from) ++cells_.at(*state.what.from).parked_sends;
  account_.queued(m, true);
  ++parking_.parked;
}

void cell_model::leave_parking(message_number m) {
  const outgoing& what = messages_.at(m).what;
  std::erase(before_door(cells_.at(what.to), what.urgent), m);
  if (what.from) --cells_.at(*what.from).parked_sends;
}

// Whoever came first, into the place that has just become free.
void cell_model::let_in(cell_number c, bool urgent) {
  cell_state& cell = cells_.at(c);
  const auto& before = before_door(cell, urgent);
  if (before.empty() || lane(cell, urgent).size() >= capacity(cell, urgent)) return;
  const message_number m = before.front();
  leave_parking(m);
  messages_[m].at = place::queued;
  lane(cell, urgent).push_back(m);
  ++parking_.let_in;
  if (!has_asker(messages_[m])) ++parking_.let_in_for_nobody;
}

// The life that sent it still is; outside of the tree there is only one.
bool cell_model::has_asker(const message_state& m) const {
  if (!m.what.from) return true;
  const cell_state& sender = cells_.at(*m.what.from);
  return sender.alive && sender.incarnation == m.asked_by;
}

void cell_model::saw_turned_away(message_number m, std::optional<dead_letter_cause> letter) {
  message_state& state = messages_.at(m);
  if (state.at != place::parked) return object(name(m) + " was turned away as one that waits for room, which it did not");
  const bool request = is_request(m), in_time = now_ < state.until;
  leave_parking(m);
  if (letter) saw_dead_letter(m);
  const bool by_sender = letter == dead_letter_cause::mailbox_full;
  if (request && by_sender) { // else its receiver still answers it
    state.told = true;
    account_.disowned(m);
  }
  end(m, ending::rejected);
  const bool by_its_time = by_sender ? !request || !has_asker(state) : !letter && (!request || has_asker(state));
  if (!in_time && by_its_time) {
    ++parking_.expired;
    if (!has_asker(state)) ++parking_.expired_for_nobody;
    return;
  }
  reason due{.of = m};
  if (by_sender) due.sender_ends = state.what.from;
  else if (letter != dead_letter_cause::breaker_open) due.receiver_ends = state.what.to;
  if (!letter || letter == dead_letter_cause::breaker_open) due.breaker_opens = state.what.to;
  reasons_due_.push_back(due);
}

// ---- reasons ----

// From here on they cannot be seen any more.
void cell_model::demand_reasons() {
  for (const reason& due : reasons_due_) object(name(due.of) + no_reason);
  reasons_due_.clear();
}

void cell_model::saw_door(cell_number c, std::optional<std::uint32_t> room) {
  cell_state& cell = cells_.at(c);
  cell.room = room;
  for (const bool urgent : {true, false}) {
    if (!room || *room >= capacity(cell, urgent)) continue;
    for (const message_number m : before_door(cell, urgent))
      object(name(m) + " waits for room in the mailbox of " + name_of_cell(c) + ", which its breaker has narrowed");
  }
  if (room == 0u) parking_.turned_away_by_breaker += std::erase_if(reasons_due_, [c](const reason& due) { return due.breaker_opens == c; });
}

void cell_model::apply_to_parked(cell_number c, outcome decided) {
  if (decided == outcome::stop) {
    parking_.turned_away_by_end += std::erase_if(reasons_due_, [c](const reason& due) { return due.receiver_ends == c; });
    for (const bool urgent : {true, false}) {
      for (const message_number m : before_door(cells_[c], urgent))
        object(name(m) + " waits for room in the mailbox of " + name_of_cell(c) + ", which has ended");
    }
  }
  if (fate_of(message_role::parked_send, decided) != fate::dead_letter) return; // it waits on, by its own time
  parking_.ended_with_sender += std::erase_if(reasons_due_, [c](const reason& due) { return due.sender_ends == c; });
  if (cells_[c].parked_sends > 0)
    object(name_of_cell(c) + " has ended and " + std::to_string(cells_[c].parked_sends) + " of its messages still wait for room");
}

// ---- rest ----

std::size_t cell_model::parked(cell_number c) const { return cells_.at(c).parked_urgent.size() + cells_.at(c).parked_normal.size(); }

std::vector<std::string> cell_model::parked_in_vain() const {
  std::vector<std::string> found;
  for (const reason& due : reasons_due_) found.push_back(name(due.of) + no_reason);
  for (cell_number c = 0; c < cells_.size(); ++c) {
    const cell_state& cell = cells_[c];
    if (!cell.parked_urgent.empty() && cell.urgent.size() < cell.mailbox.urgent_capacity)
      found.push_back(name(cell.parked_urgent.front()) + " waits for room in the mailbox of " + name_of_cell(c) + ", where there is some");
    if (!cell.parked_normal.empty() && cell.normal.size() < cell.mailbox.capacity)
      found.push_back(name(cell.parked_normal.front()) + " waits for room in the mailbox of " + name_of_cell(c) + ", where there is some");
  }
  for (message_number m = 0; m < messages_.size(); ++m) {
    if (is_parked(m) && messages_[m].until <= now_) found.push_back(name(m) + " waits for room beyond its time");
  }
  return found;
}

} // namespace alys::sim
