// SPDX-License-Identifier: Apache-2.0
//
// The witness of a seeded run: it is told what the actors do and what the tree reports, tells the models, and keeps the hash of it all.
// It believes neither: whatever the models do not allow is a problem.
#pragma once

#include "model/quarantine_model.hpp"
#include "model/topic_model.hpp"
#include "supervision.hpp"
#include "tally.hpp"

#include <alys/actors/observer.hpp>
#include <alys/actors/result.hpp>

namespace alys::sim {

using frame_number = std::uint64_t;

class witness final : public observer {
public:
  // How many topics there are.
  explicit witness(std::size_t topics) : topics_(model_, topics), quarantine_(model_) {}
  // What time it is in the tree.
  void set_clock(std::function<std::chrono::nanoseconds()> now) { now_ = std::move(now); }

  // ---- the tree, as it is declared and grows ----
  cell_number add_cell(const std::string& path, const child_options& options);
  [[nodiscard]] supervision& supervisors() noexcept { return supervision_; }

  // ---- messages ----
  // Around the call that sends. `told`: the sender learns by the call itself what the door says; else it may wait for room.
  message_number sending(outgoing what, bool told);
  void sent();
  void tried(message_number m, const result<void>& got);
  void answered(message_number m, const result<std::uint64_t>& got);
  // It is nowhere any more.
  void vanished(message_number m);
  // The call that sent it is over, and nobody is to wait for room any longer who has no mailbox.
  void sent_from_outside(message_number m);

  // ---- topics ----
  void subscribes(topic_number t, cell_number who);
  void unsubscribes(topic_number t, cell_number who);
  // Around the call that publishes. The number tells the copies' receivers which one it is.
  [[nodiscard]] publication_number publishes(topic_number t);
  void published(const publication& got);
  [[nodiscard]] message_number copy_for(publication_number p, cell_number who) const { return topics_.copy_for(p, who); }
  // At rest.
  void judge(topic_number t, const topic_view& seen);
  void judge(cell_number c, const std::optional<breaker_view>& seen) { supervision_.judge(cells_.at(c).path, seen, problems_); }

  // ---- quarantine ----
  [[nodiscard]] const quarantine_model& quarantine() const noexcept { return quarantine_; }
  // It is put back, or given up, by this call.
  void replays(std::uint64_t id, const std::function<result<void>()>& call);
  void discards(std::uint64_t id, const std::function<result<void>()>& call);

  // ---- actors ----
  void built(cell_number c, std::uint32_t incarnation);
  void gone(cell_number c, std::uint32_t incarnation);
  void begins(cell_number c, message_number m, std::uint32_t incarnation);
  void ends(cell_number c, message_number m, ending how);
  void promises(cell_number c, message_number m);
  void stashes(cell_number c, message_number m);
  void unstashes(cell_number c);
  void checked(cell_number c);

  // ---- handlers that wait (witness_turns.cpp) ----
  // A frame is there, of a handler or (not `whole`) of a part of one ...
  [[nodiscard]] frame_number frame_begins(cell_number c, message_number m, std::uint32_t incarnation, bool whole);
  // ... and is destroyed.
  void frame_ends(frame_number f) noexcept;
  [[nodiscard]] std::size_t frames_alive() const noexcept { return frames_.size(); }
  // Before the handler waits. `alone`: nothing else may begin meanwhile.
  void sleeps(cell_number c, message_number m, bool alone, std::chrono::nanoseconds time);
  void waits_for(cell_number c, message_number m, bool alone, message_number asked, std::chrono::nanoseconds deadline, bool or_return);
  // At the turnstile; `waits`: somebody else is through.
  void lines_up(cell_number c, message_number m, bool alone, bool waits);
  void passes(cell_number c, message_number m);
  void leaves_line(cell_number c, message_number m);
  // After it has waited.
  void resumes(cell_number c, message_number m, std::uint32_t incarnation);
  // The handler has set its message aside, and goes on.
  void sets_aside(cell_number c, message_number m);
  // What is about to be sent is sent when its sender begins to wait for the answer.
  void asks();
  // From now on lives may end before their time, ...
  void hurries() { model_.saw_hurry(); }
  // ... until nobody is on the way up or down.
  void hurries_no_longer() { model_.saw_rest(); }

  // How often its handler has begun with it.
  [[nodiscard]] std::uint32_t times_begun(message_number m) const { return times_begun_.at(m); }
  // The promise is kept, by whomever, or about to be broken.
  void pays(message_number m);
  // It asks for its own end.
  void finishes(cell_number c);
  void fails(cell_number c);
  // Somebody outside of the tree tells it to fail.
  void is_to_fail(cell_number c) { model_.may_have_failed(c); }
  // False: it was not for this incarnation, so nothing may be touched.
  [[nodiscard]] bool answered_in(cell_number c, std::uint32_t incarnation, message_number m, const result<std::uint64_t>& got);
  [[nodiscard]] timer_number sets_alarm(cell_number c);
  void alarm_rings(cell_number c, timer_number t, std::uint32_t incarnation, bool again);
  void alarm_handled(cell_number c) { supervision_.saw_success(cells_.at(c).path); }
  void cancels_alarm(cell_number c, timer_number t);

  // ---- the tree's own reports ----
  void lifecycle_changed(std::string_view path, const lifecycle_event& step) noexcept override;
  void failure_decided(const failure& what, action then) noexcept override;
  void breaker_changed(std::string_view path, breaker_state to) noexcept override;
  void dead_letter_made(const dead_letter& letter) noexcept override;
  void message_quarantined(const quarantined_message& what) noexcept override;
  void logged(log_level level, std::string_view line);

  // ---- what came of it ----
  // To all actors, ever.
  [[nodiscard]] tally happened() const;
  // Nothing is in motion.
  void at_rest();
  [[nodiscard]] const cell_model& model() const noexcept { return model_; }
  [[nodiscard]] const std::string& path_of(cell_number c) const { return cells_.at(c).path; }
  [[nodiscard]] std::size_t cells() const noexcept { return cells_.size(); }
  [[nodiscard]] std::uint32_t objects_alive() const noexcept { return objects_alive_; }
  [[nodiscard]] bool has_ended(cell_number c) const { return cells_.at(c).ended; }
  [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
  [[nodiscard]] std::vector<std::string> problems() const;
  void object(std::string what) { problems_.push_back(std::move(what)); }
  // Lives that ended since the last call, in order, and how.
  [[nodiscard]] std::vector<std::pair<std::string, outcome>> take_endings() { return std::exchange(endings_, {}); }
  void note(std::uint64_t value) noexcept;
  // Prints each event, for whoever looks into a failing seed.
  void talk() noexcept { talks_ = true; }

private:
  struct cell_info {
    std::string path = {};
    bool alive = false;
    bool ending = false; // it turns away what is in its mailbox
    bool ended = false;
    bool quarantined = false; // what it failed on just now
    std::uint32_t incarnation = 0;
    bool down = false;      // its life has ended, and goes
    std::size_t frames = 0; // of the living
    std::optional<message_number> in_hand = {};
    std::optional<std::deque<message_number>> interrupted = {}; // with its life: whose dead letters are due, in order
    std::optional<std::deque<message_number>> no_room = {};     // ... in the stash, likewise
    std::optional<outcome> decided = {};                        // about the failure that it waits with
    std::deque<message_number> turned_away = {};                // by its end: whose dead letters are due, in order
  };
  [[nodiscard]] std::optional<cell_number> find(std::string_view path) const;
  // A life has just ended with the end of a message open: unless its slot ends in the same turn, it will be restarted.
  void settle_gone(outcome how);
  void turn_away(cell_number c);
  void note_turns(tally& all) const;
  void cell_changed(cell_number c, const lifecycle_event& step);
  void lost_at_the_door(cell_number c, const dead_letter& letter);
  void lost_at_the_end(cell_number c, const dead_letter& letter);
  // Of one that waited for room: that is the next to vanish.
  void lost_while_parked(cell_number c, const dead_letter& letter);
  // Of one whose handler was cut off.
  void lost_where_it_waited(cell_number c, const dead_letter& letter);
  // A copy of what is being published was not taken in, or displaced another message.
  void lost_in_publication(cell_number c, const dead_letter& letter);
  struct parked_letter {
    cell_number at;
    dead_letter_cause cause;
  };
  template <class... Parts>
  void event(std::string_view what, const Parts&... parts) {
    settle_gone(outcome::restart);
    record(what, {static_cast<std::uint64_t>(parts)...});
  }
  void record(std::string_view what, std::initializer_list<std::uint64_t> parts);

  cell_model model_;
  topic_model topics_;
  quarantine_model quarantine_;
  std::set<message_number> replayed_;
  std::vector<topic_model::copy> publishing_; // the copies of what is being published
  supervision supervision_;
  std::function<std::chrono::nanoseconds()> now_ = [] { return std::chrono::nanoseconds::zero(); };
  std::vector<cell_info> cells_;
  std::map<std::string, cell_number, std::less<>> by_path_;
  std::optional<message_number> sending_;
  std::optional<message_number> displaced_; // by what is sent when its sender begins to wait
  std::optional<message_number> discarding_;
  struct frame_info {
    cell_number of;
    message_number message;
    std::uint32_t incarnation;
    bool whole;
  };
  std::map<frame_number, frame_info> frames_;
  frame_number last_frame_ = 0;
  std::optional<parked_letter> parked_letter_; // of which message is not known yet
  std::optional<cell_number> just_gone_;
  outcome gone_by_ = outcome::restart; // it
  tally happened_;
  std::map<message_number, std::uint32_t> times_begun_;
  door_verdict verdict_;
  timer_number last_timer_ = 0;
  std::uint32_t objects_alive_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t hash_ = 14'695'981'039'346'656'037u; // FNV-1a
  std::vector<std::pair<std::string, outcome>> endings_;
  std::vector<std::string> problems_;
  bool talks_ = false;
};

} // namespace alys::sim
