// SPDX-License-Identifier: Apache-2.0
//
// The reference model of cells: messages that are neither in the mailbox nor at their end. What failed and waits for the decision, the
// stash, and the quarantine.
#include "cell_model.hpp"

namespace alys::sim {

// ---- the stash, and what failed ----

void cell_model::saw_stash(message_number m) {
  message_state& state = messages_.at(m);
  if (state.at != place::in_hand) object(name(m) + " was set aside outside its turn");
  put_aside(m);
}

void cell_model::put_aside(message_number m) {
  message_state& state = messages_.at(m);
  cell_state& cell = cells_.at(state.what.to);
  if (cell.stash.size() >= cell.mailbox.stash_capacity) return end(m, ending::undelivered);
  state.at = place::stashed;
  cell.stash.push_back(m);
  account_.queued(m, true);
}

void cell_model::saw_end_of_slot(cell_number c) {
  cell_state& cell = cells_.at(c);
  const message_number m = cell.failing.value();
  if (is_request(m)) {
    cell.failing.reset();
    messages_[m].at = place::gone;
    messages_[m].settled = now_;
    told_by_answer_.insert(m);
  } else if (messages_[m].dead_letter) {
    apply_to_failing(cell, outcome::stop);
  }
  saw_outcome(c, outcome::restart); // the rest is turned away when the slot says that it has ended
}

void cell_model::saw_unstash(cell_number c) {
  cell_state& cell = cells_.at(c);
  for (; !cell.stash.empty(); cell.stash.pop_back()) put_to_front(cell, cell.stash.back());
}

void cell_model::put_to_front(cell_state& cell, message_number m) {
  messages_[m].at = place::queued;
  account_.queued(m, true);
  lane(cell, messages_[m].what.urgent).push_front(m);
}

message_role cell_model::role_of_failing(const cell_state& cell, const message_state& m) const {
  const bool again = m.last_killed != 0 && m.last_killed == cell.ran_before;
  if ((again ? m.killed_in_a_row : 0) + 1 >= cell.redeliver.quarantine_after) return message_role::poisonous;
  return m.redeliveries < cell.redeliver.times ? message_role::redeliverable : message_role::failing;
}

void cell_model::apply_to_failing(cell_state& cell, outcome decided) {
  if (!cell.failing) return;
  const message_number m = *std::exchange(cell.failing, std::nullopt);
  message_state& state = messages_[m];
  switch (fate_of(role_of_failing(cell, state), decided)) {
    case fate::to_front_of_queue:
      state.killed_in_a_row = state.last_killed != 0 && state.last_killed == cell.ran_before ? state.killed_in_a_row + 1 : 1;
      state.last_killed = cell.incarnation;
      ++state.redeliveries;
      ++cell.redelivered;
      return put_to_front(cell, m);
    case fate::quarantined: return end(m, ending::quarantined);
    default: return end(m, ending::failed);
  }
}

void cell_model::apply_to_stashed(cell_state& cell, outcome decided) {
  if (fate_of(message_role::stashed, decided) == fate::kept) return;
  for (; !cell.stash.empty(); cell.stash.pop_back()) put_to_front(cell, cell.stash.back()); // a stop turns them away from there
}

// ---- quarantine ----

// Its count begins anew, and whoever asked was told when it was set aside.
void cell_model::take_out_of_quarantine(message_number m) {
  message_state& state = messages_.at(m);
  if (state.end != ending::quarantined) object(name(m) + " was taken out of quarantine, where it was not");
  state.end.reset();
  state.told = true;
  state.redeliveries = state.killed_in_a_row = state.last_killed = 0;
  account_.released(m);
}

void cell_model::saw_replay(message_number m, const door_verdict& seen) {
  take_out_of_quarantine(m);
  take_in(m, seen);
}

void cell_model::saw_discard(message_number m) {
  take_out_of_quarantine(m);
  end(m, ending::undelivered);
}

} // namespace alys::sim
