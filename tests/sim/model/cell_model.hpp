// SPDX-License-Identifier: Apache-2.0
//
// The reference model of cells: what may become of every message, by the fate table, given what was done to its receiver so far.
//
// A seeded run does things to real cells and tells the model what it did and what it saw, in order. The model keeps its own idea of every
// mailbox, incarnation, owed answer, awaited answer and timer, says what must happen at the door, objects to everything that must not
// happen, and at the end knows what must have happened and did not. It shares one thing with the runtime: the table.
#pragma once

#include "account.hpp"

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
  friend bool operator==(const door_verdict&, const door_verdict&) = default;
};

// A message about to be sent.
struct outgoing {
  cell_number to = 0;
  bool request = false;
  bool urgent = false;
  std::optional<cell_number> from = std::nullopt; // nothing: from outside the tree
};

class cell_model {
public:
  // A cell in the state before its first start: it takes messages in.
  cell_number add_cell(const mailbox_options& mailbox, const redelivery& redeliver = {});

  // ---- what was done ----
  // The next message is sent. Its number counts from 0.
  message_number send(const outgoing& what);
  // What the door must do with it; to be asked before the verdict is told.
  [[nodiscard]] door_verdict expected_at_the_door(message_number) const;
  // What the door did. `told_at_once`: its sender learnt of a refusal from the send itself.
  void saw_at_the_door(message_number, const door_verdict&, bool told_at_once = false);

  // A breaker leaves so much room of each priority from now on; nothing: all that the mailbox has.
  void saw_door(cell_number c, std::optional<std::uint32_t> room) { cells_.at(c).room = room; }

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
  // A life ended, and its slot with it in the same turn: either at once, or after a restart was decided. What it had failed on tells.
  void saw_end_of_slot(cell_number c);
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
  // What waits in the mailbox, in the order in which a stop would turn it away.
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

  // Everything that was or is wrong, one line each. For a moment at which nothing is in motion.
  [[nodiscard]] std::vector<std::string> problems() const;

private:
  enum class place : std::uint8_t { at_the_door, queued, in_hand, failing, stashed, owed, gone };
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
    bool told = false;                                              // its asker, when it was quarantined
    bool answered = false;                                          // by anything but its deadline
    bool expired = false;                                           // answered by its deadline
    bool orphan = false;                                            // its asker's life has ended so that the answer is a dead letter
    bool cancelled = false;                                         // ... so that it is nobody's
    std::optional<std::chrono::nanoseconds> settled = std::nullopt; // its receiver's side has given the answer
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
    std::set<timer_number> timers;
    std::uint32_t incarnation = 0; // 0: not started yet
    bool alive = false;            // there is an object
    bool running = false;          // ... which handles messages
    bool suspended = false;
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

  void object(std::string what) { problems_.push_back(std::move(what)); }
  void end(message_number, ending);
  void take_in(message_number, const door_verdict&);
  void take_out_of_quarantine(message_number);
  void check_priority(cell_state&, message_number);
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
  std::set<message_number> told_by_answer_; // requests: failed or undelivered, as their asker is told
  alys::sim::account account_;
  std::chrono::nanoseconds now_{};
  std::vector<std::string> problems_;
};

} // namespace alys::sim
