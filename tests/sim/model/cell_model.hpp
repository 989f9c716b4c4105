// SPDX-License-Identifier: Apache-2.0
//
// The reference model of cells: what may become of every message, by the fate table, given what was done to its receiver so far.
//
// A seeded run does things to real cells and tells the model what it did and what it saw, in order. The model keeps its own idea of every
// mailbox, incarnation, owed answer, awaited answer and timer, says what must happen at the door, objects to everything that must not
// happen, and at the end knows what must have happened and did not. It shares one thing with the runtime: the table.
#pragma once

#include "account.hpp"

#include <alys/actors/dead_letter.hpp>
#include <alys/actors/fate.hpp>
#include <alys/actors/lifecycle.hpp>
#include <alys/actors/mailbox_options.hpp>
#include <alys/actors/redelivery.hpp>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alys::sim {

using cell_number = std::uint32_t;
using timer_number = std::uint32_t;

// What the door does with a message that comes to it now.
struct door_verdict {
  std::optional<ending> turned_away = std::nullopt;       // rejected or dropped; nothing if it is taken in
  std::optional<message_number> displaced = std::nullopt; // what makes room for it
  bool by_breaker = false;                                // it is turned away by a breaker
  bool parked = false;                                    // it is not in yet, but waits for room
  friend bool operator==(const door_verdict&, const door_verdict&) = default;
};

// A message about to be sent.
struct outgoing {
  cell_number to = 0;
  bool request = false;
  bool urgent = false;
  std::optional<cell_number> from = std::nullopt; // nothing: from outside the tree
  bool may_wait = false;                          // for room, where the mailbox blocks
};

// What became of messages that waited for room.
struct parking_counts {
  std::uint64_t parked = 0;
  std::uint64_t let_in = 0;
  std::uint64_t let_in_for_nobody = 0; // likewise, for a sender's life that had ended meanwhile
  std::uint64_t expired = 0;
  std::uint64_t expired_for_nobody = 0;
  std::uint64_t turned_away_by_breaker = 0;
  std::uint64_t turned_away_by_end = 0; // of their receiver
  std::uint64_t ended_with_sender = 0;
};

// What a handler waits for.
struct pending_wait {
  bool exclusive = false;                                           // its actor begins nothing else meanwhile
  std::chrono::nanoseconds until = std::chrono::nanoseconds::max(); // it goes on then at the latest ...
  bool asleep = false;                                              // ... and not before
  std::optional<message_number> asked = std::nullopt;               // an answer to this ...
  bool or_return = false;                                           // ... where an error ends it
};

// What became of handlers that waited.
struct turn_counts {
  std::uint64_t waited = 0; // waits
  std::uint64_t resumed = 0;
  std::uint64_t resumed_while_stopping = 0;
  std::uint64_t overlapped = 0; // another message began meanwhile
  std::uint64_t failed = 0;     // after a wait
  std::uint64_t handed_on = 0;  // ended by or_return
  std::uint64_t stashed = 0;    // after a wait
  std::uint64_t cut_by_restart = 0;
  std::uint64_t cut_by_stop = 0;
  std::uint64_t cut_aside = 0;        // having set its message aside
  std::uint64_t outlived_failure = 0; // of something else: resumed
};

class cell_model {
public:
  // A cell in the state before its first start: it takes messages in.
  cell_number add_cell(const mailbox_options& mailbox, const redelivery& redeliver = {}, std::chrono::milliseconds stop_within = {});

  // ---- what was done ----
  // The next message is sent. Its number counts from 0.
  message_number send(const outgoing& what);
  // What the door must do with it; to be asked before the verdict is told.
  [[nodiscard]] door_verdict expected_at_the_door(message_number) const;
  // What the door did. `told_at_once`: its sender learnt of a refusal from the send itself.
  void saw_at_the_door(message_number, const door_verdict&, bool told_at_once = false);

  // A breaker leaves so much room of each priority from now on; nothing: all that the mailbox has.
  void saw_door(cell_number c, std::optional<std::uint32_t> room);

  // It is told to fail, which nobody sees: from now on it perhaps waits for a decision.
  void may_have_failed(cell_number c) { cells_.at(c).told_to_fail = true; }
  // What its life that ends now with an open breaker waits for may be as after a restart.
  void may_be_restarted(cell_number c) { cells_.at(c).unsure = true; }

  // ---- what was seen ----
  // All that is told from here on happens at this time.
  void time_is(std::chrono::nanoseconds now) noexcept { now_ = now; }
  // The object was built: it may ask and get answers, but handles no messages yet.
  void saw_built(cell_number, std::uint32_t incarnation);
  // It runs; built at the same time if nobody said so before.
  void saw_started(cell_number, std::uint32_t incarnation);
  // It handles no more messages, but still gets answers.
  void saw_stopping(cell_number);
  // A handler begins with the message.
  void saw_begin(message_number, std::uint32_t incarnation);
  // The handler has returned: handled, refused or failed. A failure suspends its cell; with redelivery the message's end is still open.
  void saw_end(message_number, ending);
  // The handler waits, for the first time or again ...
  void saw_wait(message_number, const pending_wait&);
  // ... and goes on.
  void saw_resume(message_number, std::uint32_t incarnation);
  // It has set its message aside, and goes on.
  void saw_set_aside(message_number);
  // An error that it waited for has ended it.
  void saw_handed_on(message_number);
  // Its frame was destroyed where it waited, with its life.
  void saw_cut(message_number);
  // It stands in the line of a turnstile, is through, and leaves.
  void saw_line_up(message_number);
  void saw_pass(message_number);
  void saw_leave_line(message_number);
  // From now until all is at rest a life may be told to end without the time that it has.
  void saw_hurry() { hurried_ = true; }
  void saw_rest() { hurried_ = false; }
  // A life ended, and its slot with it in the same turn: either at once, or after a restart was decided. What it had failed on tells.
  void saw_end_of_slot(cell_number c);
  // It waited for room and does so no more, and was not let in. Its dead letter, if there was one.
  void saw_turned_away(message_number, std::optional<dead_letter_cause> letter);
  // The handler has set its message aside, and returned.
  void saw_stash(message_number);
  // All that was set aside is back in the queue.
  void saw_unstash(cell_number);
  // It is put back into its mailbox by hand, as the last of the queue ...
  void saw_replay(message_number, const door_verdict&);
  // ... or given up.
  void saw_discard(message_number);
  // The handler has returned a promise.
  void saw_promise(message_number);
  // What was promised has been given, or broken.
  void saw_paid(message_number);
  // A failure without a message: a hook, a timer, a continuation, a health check.
  void saw_failure(cell_number);
  void saw_answer(message_number, answer);
  void saw_dead_letter(message_number);
  // An answer became a dead letter because the incarnation that waited for it has ended ...
  void saw_orphaned_answer(cell_number asker);
  // ... or because its deadline had passed.
  void saw_late_answer(cell_number asker);
  void saw_timer_set(cell_number, timer_number);
  // `again`: it is periodic and stays set.
  void saw_timer_fired(cell_number, timer_number, std::uint32_t incarnation, bool again = false);
  void saw_timer_cancelled(cell_number c, timer_number t) { cells_.at(c).timers.erase(t); }
  // What was decided about the cell, also when it goes with its siblings or its supervisor.
  void saw_outcome(cell_number, outcome);

  // ---- what follows ----
  // The ends that the message may still have, or the one that it had.
  [[nodiscard]] std::set<ending> allowed(message_number) const;
  [[nodiscard]] std::size_t queued(cell_number) const;
  [[nodiscard]] bool has_ended(cell_number c) const { return cells_.at(c).ended; }
  [[nodiscard]] std::size_t stashed(cell_number c) const { return cells_.at(c).stash.size(); }
  // How often messages to this cell were handled again.
  [[nodiscard]] std::uint64_t redelivered(cell_number c) const { return cells_.at(c).redelivered; }
  // Whether it has failed on a message whose end is open.
  [[nodiscard]] bool holds_failing(cell_number c) const { return failing(c).has_value(); }
  [[nodiscard]] std::optional<message_number> failing(cell_number c) const { return cells_.at(c).failing; }
  // How many wait for room in its mailbox ...
  [[nodiscard]] std::size_t parked(cell_number) const;
  // ... and whether this one does.
  [[nodiscard]] bool is_parked(message_number m) const { return messages_.at(m).at == place::parked; }
  [[nodiscard]] const parking_counts& parking() const noexcept { return parking_; }
  [[nodiscard]] bool waits(message_number m) const { return messages_.at(m).at == place::waits; }
  [[nodiscard]] bool in_hand(message_number m) const { return messages_.at(m).at == place::in_hand; }
  [[nodiscard]] bool is_set_aside(message_number m) const { return messages_.at(m).set_aside; }
  // Whose handlers wait, the youngest first ...
  [[nodiscard]] const std::deque<message_number>& turns(cell_number c) const { return cells_.at(c).turns; }
  // ... those of them whose notifications are lost if the life ends now, and those for which the stash has no room then.
  [[nodiscard]] std::vector<message_number> would_be_interrupted(cell_number) const;
  [[nodiscard]] std::vector<message_number> would_find_no_room(cell_number) const;
  [[nodiscard]] bool is_busy(cell_number c) const { return cells_.at(c).call_in_hand.has_value(); }
  [[nodiscard]] std::size_t turns_waiting() const;
  [[nodiscard]] const turn_counts& turns() const noexcept { return turns_; }
  // What waits in the mailbox or for room in it, in the order in which a stop would turn it away.
  [[nodiscard]] std::vector<message_number> waiting(cell_number) const;
  [[nodiscard]] cell_number receiver(message_number m) const { return messages_.at(m).what.to; }
  // Whether somebody still waits for its answer.
  [[nodiscard]] bool is_request(message_number m) const { return messages_.at(m).what.request && !messages_.at(m).told; }
  // Messages to this cell that ended so.
  [[nodiscard]] std::uint64_t count(cell_number, ending) const;
  [[nodiscard]] std::uint64_t timers_dropped(cell_number) const;
  // Dead letters of answers that the cell must have made at most: one per answer that a restarted incarnation waited for.
  [[nodiscard]] std::uint64_t orphans_expected_at_most(cell_number) const;
  // How many of its answers came to nobody, each a dead letter, because their asker's life or their deadline had ended ...
  [[nodiscard]] std::uint64_t lost_answers(cell_number c) const { return cells_.at(c).orphans + cells_.at(c).late; }
  // ... and how many must have, at least and at most. For a living cell at rest.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> lost_answers_expected(cell_number) const;
  [[nodiscard]] const alys::sim::account& account() const noexcept { return account_; }

  // Who waits for room that is there, or beyond its time, one line each. For a moment at which nothing is in motion.
  [[nodiscard]] std::vector<std::string> parked_in_vain() const;
  // Whose handler waits for what has come, likewise.
  [[nodiscard]] std::vector<std::string> waiting_in_vain() const;
  // Whose mailbox waits for an actor that could come to it, likewise.
  [[nodiscard]] std::vector<std::string> idle_with_work() const;
  // Everything that was or is wrong, likewise.
  [[nodiscard]] std::vector<std::string> problems() const;

private:
  enum class place : std::uint8_t { at_the_door, parked, queued, in_hand, waits, failing, stashed, owed, gone };
  struct message_state {
    outgoing what;
    place at = place::at_the_door;
    std::uint32_t asked_by = 0; // the asker's incarnation
    std::uint32_t begun_in = 0; // the receiver's
    std::uint32_t redeliveries = 0;
    std::uint32_t killed_in_a_row = 0; // incarnations, the last of which was ...
    std::uint32_t last_killed = 0;     // ... this one
    std::optional<ending> end;
    bool dead_letter = false;
    bool told = false;                                              // its asker, when it was quarantined, or will never be
    bool answered = false;                                          // by anything but its deadline
    bool expired = false;                                           // answered by its deadline
    bool orphan = false;                                            // its asker's life has ended so that the answer is a dead letter
    bool cancelled = false;                                         // ... so that it is nobody's
    std::optional<std::chrono::nanoseconds> settled = std::nullopt; // its receiver's side has given the answer
    std::chrono::nanoseconds until{};                               // it waits for room
    pending_wait wait = {};                                         // of its handler
    bool set_aside = false;                                         // ... which goes on
    bool cut = false;                                               // ... and is no more
    bool handed_on = false;                                         // it ended with another's error
    bool unsure = false;                                            // whether it was answered or its deadline passed
  };
  struct cell_state {
    mailbox_options mailbox;
    redelivery redeliver;
    std::optional<std::uint32_t> room;     // at its door, by its breaker
    std::optional<message_number> failing; // its end waits for the decision
    std::deque<message_number> stash;
    std::uint32_t ran = 0;        // the last incarnation that handled messages ...
    std::uint32_t ran_before = 0; // ... and the one before
    std::uint64_t redelivered = 0;
    std::deque<message_number> urgent;
    std::deque<message_number> normal;
    std::deque<message_number> parked_urgent; // before its door
    std::deque<message_number> parked_normal;
    std::size_t parked_sends = 0;     // of its own, elsewhere
    std::deque<message_number> turns; // whose handlers have waited and are not over, the youngest first
    std::deque<message_number> line;  // at its turnstile, who is through in front
    std::optional<message_number> passing;
    std::optional<message_number> call_in_hand; // whose handler lets nothing else in
    std::chrono::milliseconds stop_within{};
    std::chrono::nanoseconds stopping_since{};
    std::set<timer_number> timers;
    std::uint32_t incarnation = 0; // 0: not started yet
    bool alive = false;            // there is an object
    bool running = false;          // ... which handles messages
    bool suspended = false;
    bool told_to_fail = false;         // ... perhaps suspended, unseen
    bool ended = false;                // stopped for good
    bool unsure = false;               // whether its life ends with an open breaker or a restart
    std::uint64_t urgent_in_a_row = 0; // handled since the last normal one
    std::uint64_t urgent_first = 0;    // ... while a normal one waited
    std::uint64_t timers_dropped = 0;
    std::uint64_t orphans_allowed = 0;
    std::uint64_t orphans = 0;
    std::uint64_t expired = 0; // asks of its own that met their deadline
    std::uint64_t late = 0;
  };

  // Why a message was turned away while it waited, which is to be seen next.
  struct reason {
    message_number of;
    std::optional<cell_number> sender_ends = std::nullopt;
    std::optional<cell_number> receiver_ends = std::nullopt;
    std::optional<cell_number> breaker_opens = std::nullopt;
  };

  void object(std::string what) { problems_.push_back(std::move(what)); }
  void end(message_number, ending);
  void take_in(message_number, const door_verdict&);
  void take_out_of_quarantine(message_number);
  void check_priority(cell_state&, message_number);
  [[nodiscard]] std::size_t capacity(const cell_state& cell, bool urgent) const {
    return urgent ? cell.mailbox.urgent_capacity : cell.mailbox.capacity;
  }
  [[nodiscard]] std::deque<message_number>& before_door(cell_state& cell, bool urgent) const {
    return urgent ? cell.parked_urgent : cell.parked_normal;
  }
  [[nodiscard]] bool has_asker(const message_state&) const;
  void park(message_number);
  void leave_parking(message_number);
  void let_in(cell_number, bool urgent);
  void apply_to_parked(cell_number, outcome);
  void demand_reasons();
  void put_aside(message_number);
  bool end_of_turn(message_number);
  void apply_to_turns(cell_number, outcome);
  void check_patience(cell_number);
  void saw_some_error(message_number asked);
  [[nodiscard]] message_role role_of_failing(const cell_state&, const message_state&) const;
  void apply_to_failing(cell_state&, outcome);
  void apply_to_stashed(cell_state&, outcome);
  void put_to_front(cell_state&, message_number);
  void apply_to_queued(cell_state&, outcome);
  void apply_to_owed(cell_number, outcome);
  [[nodiscard]] bool forgotten(const message_state& asked) const;
  void apply_to_awaited(cell_number, outcome);
  void apply_to_timers(cell_state&, outcome);
  [[nodiscard]] std::deque<message_number>& lane(cell_state& cell, bool urgent) const { return urgent ? cell.urgent : cell.normal; }
  [[nodiscard]] std::string name(message_number m) const { return "message " + std::to_string(m); }
  [[nodiscard]] static std::string name_of_cell(cell_number c) { return "cell " + std::to_string(c); }

  std::vector<message_state> messages_;
  std::vector<cell_state> cells_;
  std::vector<reason> reasons_due_;
  parking_counts parking_;
  turn_counts turns_;
  bool hurried_ = false;
  std::set<message_number> told_by_answer_; // requests: failed or undelivered, as their asker is told
  alys::sim::account account_;
  std::chrono::nanoseconds now_{};
  std::vector<std::string> problems_;
};

} // namespace alys::sim
