// SPDX-License-Identifier: Apache-2.0
//
// What the witness is told of handlers that wait, and of their frames.
#include "witness.hpp"

namespace alys::sim {

// ---- frames ----

frame_number witness::frame_begins(cell_number c, message_number m, std::uint32_t incarnation, bool whole) {
  event("frame", c, m, whole);
  ++cells_.at(c).frames;
  frames_[++last_frame_] = {c, m, incarnation, whole};
  return last_frame_;
}

void witness::frame_ends(frame_number f) noexcept {
  const auto found = frames_.find(f);
  if (found == frames_.end()) return object("frame " + std::to_string(f) + " was destroyed twice");
  const frame_info gone = found->second;
  frames_.erase(found);
  event("frame gone", gone.of, gone.message, gone.whole);
  cell_info& cell = cells_.at(gone.of);
  --cell.frames;
  if (!cell.alive || cell.incarnation != gone.incarnation)
    object("a frame of incarnation " + std::to_string(gone.incarnation) + " of " + cell.path + " has outlived it");
  if (!gone.whole) return;
  if (model_.in_hand(gone.message)) object("message " + std::to_string(gone.message) + " lost its frame in the middle of its turn");
  model_.saw_leave_line(gone.message);
  if (!model_.waits(gone.message)) return; // it has ended by itself
  if (cell.down) return model_.saw_cut(gone.message);
  cell.in_hand = gone.message;
  if (!model_.is_set_aside(gone.message)) supervision_.saw_success(cell.path);
  model_.saw_handed_on(gone.message);
}

// The dead letters of an end come in the order in which the model has what waits then.
void witness::lost_where_it_waited(cell_number c, const dead_letter& letter) {
  cell_info& cell = cells_.at(c);
  const bool interrupted = letter.cause == dead_letter_cause::interrupted;
  auto& due = interrupted ? cell.interrupted : cell.no_room;
  if (!due) {
    const auto lost = interrupted ? model_.would_be_interrupted(c) : model_.would_find_no_room(c);
    due.emplace(lost.begin(), lost.end());
  }
  if (due->empty()) return object("more handlers of " + cell.path + " were cut off than waited: " + to_string(letter));
  model_.saw_dead_letter(due->front());
  due->pop_front();
}

// ---- waits ----

void witness::sleeps(cell_number c, message_number m, bool alone, std::chrono::nanoseconds time) {
  event("sleeps", c, m);
  model_.saw_wait(m, {.exclusive = alone, .until = now_() + time, .asleep = true});
}

void witness::waits_for(cell_number c, message_number m, bool alone, message_number asked, std::chrono::nanoseconds deadline,
                        bool or_return) {
  event("waits", c, m, asked);
  model_.saw_wait(m, {.exclusive = alone, .until = now_() + deadline, .asked = asked, .or_return = or_return});
}

void witness::lines_up(cell_number c, message_number m, bool alone, bool waits) {
  event("lines up", c, m, waits);
  model_.saw_line_up(m);
  if (!waits) return;
  model_.saw_wait(m, {.exclusive = alone});
  happened_.note(happening::passage_waited);
}

void witness::passes(cell_number c, message_number m) {
  event("passes", c, m);
  model_.saw_pass(m);
}

void witness::leaves_line(cell_number c, message_number m) {
  event("leaves line", c, m);
  model_.saw_leave_line(m);
}

void witness::resumes(cell_number c, message_number m, std::uint32_t incarnation) {
  event("resumes", c, m, incarnation);
  cells_.at(c).in_hand = m;
  model_.saw_resume(m, incarnation);
}

void witness::sets_aside(cell_number c, message_number m) {
  event("sets aside", c, m);
  model_.saw_set_aside(m);
}

void witness::asks() {
  displaced_ = verdict_.displaced;
  if (displaced_ && model_.is_request(*displaced_)) displaced_.reset(); // whose asker is told
  sending_.reset();
}

void witness::checked(cell_number c) {
  if (model_.is_busy(c)) happened_.note(happening::checked_meanwhile);
}

void witness::note_turns(tally& all) const {
  const turn_counts& turns = model_.turns();
  all.note(happening::turn_waited, turns.waited);
  all.note(happening::turn_resumed, turns.resumed);
  all.note(happening::turn_resumed_while_stopping, turns.resumed_while_stopping);
  all.note(happening::turns_overlapped, turns.overlapped);
  all.note(happening::turn_failed, turns.failed);
  all.note(happening::turn_ended_by_or_return, turns.handed_on);
  all.note(happening::turn_stashed, turns.stashed);
  all.note(happening::turn_cut_by_restart, turns.cut_by_restart);
  all.note(happening::turn_cut_by_stop, turns.cut_by_stop);
  all.note(happening::turn_cut_aside, turns.cut_aside);
  all.note(happening::turn_outlived_failure, turns.outlived_failure);
}

} // namespace alys::sim
