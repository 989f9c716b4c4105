// SPDX-License-Identifier: Apache-2.0
#include "witness.hpp"

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace alys::sim {

namespace {

[[nodiscard]] answer kind_of(const result<std::uint64_t>& got) {
  if (got) return answer::value;
  const error e = got.error();
  if (e == errc::deadline) return answer::deadline;
  if (e.refused()) return answer::refusal;
  return e.failed() ? answer::failure : answer::undelivered;
}

} // namespace

void witness::note(std::uint64_t value) noexcept {
  for (int byte = 0; byte < 8; ++byte) {
    hash_ = (hash_ ^ (value & 0xff)) * 1'099'511'628'211u;
    value >>= 8;
  }
}

void witness::record(std::string_view what, std::initializer_list<std::uint64_t> parts) {
  if (const auto letter = std::exchange(parked_letter_, std::nullopt))
    object("a dead letter at the door of " + path_of(letter->at) +
           ", where nobody was turned away: " + std::string{to_string(letter->cause)});
  ++events_;
  model_.time_is(now_());
  for (const char c : what) note(static_cast<unsigned char>(c));
  note(static_cast<std::uint64_t>(now_().count()));
  for (const std::uint64_t part : parts) note(part);
  if (!talks_) return;
  std::ostringstream line;
  line << std::chrono::duration_cast<std::chrono::milliseconds>(now_()).count() << " ms  " << what;
  for (const std::uint64_t part : parts) line << ' ' << part;
  std::puts(line.str().c_str());
}

cell_number witness::add_cell(const std::string& path, const child_options& options) {
  const cell_number c = model_.add_cell(options.mailbox, options.redeliver, options.stop_within);
  cells_.push_back({.path = path});
  by_path_[path] = c;
  event("declared " + path, c, options.kind, options.significant);
  return c;
}

std::optional<cell_number> witness::find(std::string_view path) const {
  const auto found = by_path_.find(path);
  return found != by_path_.end() ? std::optional{found->second} : std::nullopt;
}

// ---- messages ----

message_number witness::sending(outgoing what, bool told) {
  settle_gone(outcome::restart);
  model_.time_is(now_());
  what.may_wait = !told;
  const message_number m = model_.send(what);
  verdict_ = model_.expected_at_the_door(m);
  model_.saw_at_the_door(m, verdict_, told && verdict_.turned_away);
  if (!verdict_.parked) sending_ = m; // else it may take its time
  if (verdict_.by_breaker) happened_.note(happening::turned_away_by_breaker);
  if (verdict_.parked && !what.from) happened_.note(happening::parked_outside);
  event("send", m, what.to, what.request, verdict_.turned_away.has_value(), verdict_.parked);
  return m;
}

void witness::sent() { sending_.reset(); }

void witness::tried(message_number m, const result<void>& got) {
  if (got.has_value() == verdict_.turned_away.has_value())
    object("message " + std::to_string(m) + ": its sender was told " + (got ? "that it was taken in" : got.error().message()) +
           ", which is wrong");
  sent();
}

void witness::answered(message_number m, const result<std::uint64_t>& got) {
  const answer kind = kind_of(got);
  event("answer", m, static_cast<int>(kind), got ? *got : got.error().code().value());
  if (got && *got != m) object("message " + std::to_string(m) + " was answered with what belongs to message " + std::to_string(*got));
  model_.saw_answer(m, kind);
}

void witness::vanished(message_number m) {
  if (!model_.is_parked(m)) return; // it was in, and came to its end there
  const auto letter = std::exchange(parked_letter_, std::nullopt);
  const cell_number at = model_.receiver(m);
  // With the slot whose life has just ended, or by itself: what is next tells.
  if (just_gone_ != at) settle_gone(outcome::restart);
  record("turned away while it waited", {m});
  if (letter && letter->at != at) object("a dead letter at the door of " + path_of(letter->at) + " for what waited for " + path_of(at));
  model_.saw_turned_away(m, letter ? std::optional{letter->cause} : std::nullopt);
}

void witness::sent_from_outside(message_number m) {
  sent();
  if (model_.is_parked(m)) object("message " + std::to_string(m) + " waits for room, and its sender outside of the tree does not");
}

// ---- topics ----

void witness::subscribes(topic_number t, cell_number who) {
  event("subscribes", t, who);
  topics_.subscribe(t, who);
}

void witness::unsubscribes(topic_number t, cell_number who) {
  event("unsubscribes", t, who);
  topics_.unsubscribe(t, who);
}

publication_number witness::publishes(topic_number t) {
  event("publishes", t);
  publishing_ = topics_.publish(t);
  happened_.note(happening::published);
  for (const auto& copy : publishing_) {
    event("copy", copy.number, copy.to, copy.verdict.turned_away.has_value());
    happened_.note(copy.verdict.turned_away ? happening::copy_missed : happening::copy_delivered);
    if (copy.verdict.displaced) happened_.note(happening::copy_displaced);
  }
  return topics_.last();
}

void witness::published(const publication& got) {
  publishing_.clear();
  if (const publication due = topics_.expected(); got != due)
    object("what was published is said to be delivered to " + std::to_string(got.delivered) + " and missed by " +
           std::to_string(got.missed) + ", which is " + std::to_string(due.delivered) + " and " + std::to_string(due.missed));
}

void witness::judge(topic_number t, const topic_view& seen) {
  std::vector<std::string> paths;
  for (const cell_info& cell : cells_) paths.push_back(cell.path);
  if (auto wrong = topics_.difference(t, seen, paths); !wrong.empty()) object(std::move(wrong));
}

// ---- quarantine ----

void witness::replays(std::uint64_t id, const std::function<result<void>()>& call) {
  event("replays", id);
  const auto due = quarantine_.expected_of_replay(id);
  quarantine_.saw_replay(id, due);
  if (due.what) replayed_.insert(*due.what);
  happened_.note(due.what ? happening::replayed : happening::replay_refused);
  verdict_ = due.verdict;
  sending_ = due.what;
  const auto got = call();
  sent();
  const bool as_due = got ? due.refused == errc::none : got.error() == due.refused;
  if (!as_due)
    object("number " + std::to_string(id) + " was replayed with " + got.error().message() + " where it should have been " +
           std::string{to_string(due.refused)});
}

void witness::discards(std::uint64_t id, const std::function<result<void>()>& call) {
  event("discards", id);
  discarding_ = quarantine_.saw_discard(id);
  const bool known = discarding_.has_value();
  if (known) happened_.note(happening::discarded);
  if (call().has_value() != known) object("number " + std::to_string(id) + " was discarded although it was not there, or the reverse");
  if (discarding_) object("message " + std::to_string(*std::exchange(discarding_, std::nullopt)) + " was discarded without a dead letter");
}

// ---- actors ----

void witness::built(cell_number c, std::uint32_t incarnation) {
  event("built", c, incarnation);
  cell_info& cell = cells_.at(c);
  cell.alive = true;
  cell.incarnation = incarnation;
  cell.decided.reset(); // about one that was never built
  cell.down = false;
  supervision_.saw_built(cell.path, now_(), problems_);
  ++objects_alive_;
  model_.saw_built(c, incarnation);
}

void witness::gone(cell_number c, std::uint32_t incarnation) {
  cell_info& cell = cells_.at(c);
  const outcome how = std::exchange(cell.decided, std::nullopt).value_or(outcome::restart);
  event("gone", c, incarnation, static_cast<int>(how));
  cell.alive = false;
  if (cell.frames != 0) object(std::to_string(cell.frames) + " frames of " + cell.path + " have outlived their object");
  cell.interrupted.reset();
  cell.no_room.reset();
  --objects_alive_;
  endings_.emplace_back(cell.path, how);
  const bool known = std::exchange(cell.quarantined, false); // the fate of what it failed on tells that it is restarted
  gone_by_ = how;
  if ((how == outcome::restart || how == outcome::breaker_open) && model_.holds_failing(c) && !known) just_gone_ = c;
  else model_.saw_outcome(c, how);
}

void witness::settle_gone(outcome how) {
  const auto c = std::exchange(just_gone_, std::nullopt);
  if (!c) return;
  if (how == outcome::stop) model_.saw_end_of_slot(*c);
  else model_.saw_outcome(*c, gone_by_);
}

void witness::at_rest() {
  settle_gone(outcome::restart);
  model_.time_is(now_());
  for (std::string& each : model_.parked_in_vain()) object(std::move(each));
  for (std::string& each : model_.waiting_in_vain()) object(std::move(each));
}

tally witness::happened() const {
  tally all = happened_;
  all += supervision_.happened();
  const parking_counts& parking = model_.parking();
  all.note(happening::parked, parking.parked);
  all.note(happening::let_in, parking.let_in);
  all.note(happening::let_in_for_nobody, parking.let_in_for_nobody);
  all.note(happening::parked_expired, parking.expired);
  all.note(happening::parked_expired_for_nobody, parking.expired_for_nobody);
  all.note(happening::parked_turned_away_by_breaker, parking.turned_away_by_breaker);
  all.note(happening::parked_turned_away_by_end, parking.turned_away_by_end);
  all.note(happening::parked_ended_with_sender, parking.ended_with_sender);
  note_turns(all);
  for (cell_number c = 0; c < cells_.size(); ++c) all.note(happening::redelivered, model_.redelivered(c));
  all.note(happening::subscriber_ended, topics_.ended());
  all.note(happening::quarantined, model_.account().count(ending::quarantined));
  return all;
}

void witness::stashes(cell_number c, message_number m) {
  event("stashes", c, m);
  model_.saw_stash(m);
  happened_.note(happening::stashed);
}

void witness::unstashes(cell_number c) {
  event("unstashes", c);
  model_.saw_unstash(c);
}

void witness::begins(cell_number c, message_number m, std::uint32_t incarnation) {
  event("begins", c, m, incarnation);
  cells_.at(c).in_hand = m;
  ++times_begun_[m];
  model_.saw_begin(m, incarnation);
}

void witness::ends(cell_number c, message_number m, ending how) {
  event("ends", c, m, static_cast<int>(how));
  if (how != ending::failed && !model_.is_set_aside(m)) supervision_.saw_success(cells_.at(c).path);
  model_.saw_end(m, how);
}

void witness::promises(cell_number c, message_number m) {
  event("promises", c, m);
  supervision_.saw_success(cells_.at(c).path);
  if (model_.is_request(m)) model_.saw_promise(m);
  else model_.saw_end(m, ending::handled);
}

void witness::pays(message_number m) {
  event("pays", m);
  if (model_.is_request(m)) model_.saw_paid(m);
}

void witness::finishes(cell_number c) {
  event("finishes", c);
  if (!supervision_.saw_finish(cells_.at(c).path)) hurries(); // who is restarted with it
}

void witness::fails(cell_number c) {
  event("fails", c);
  model_.saw_failure(c);
}

bool witness::answered_in(cell_number c, std::uint32_t incarnation, message_number m, const result<std::uint64_t>& got) {
  answered(m, got);
  return cells_.at(c).alive && cells_.at(c).incarnation == incarnation;
}

timer_number witness::sets_alarm(cell_number c) {
  event("sets alarm", c, ++last_timer_);
  model_.saw_timer_set(c, last_timer_);
  return last_timer_;
}

void witness::alarm_rings(cell_number c, timer_number t, std::uint32_t incarnation, bool again) {
  event("alarm", c, t);
  cells_.at(c).in_hand.reset();
  model_.saw_timer_fired(c, t, incarnation, again);
}

void witness::cancels_alarm(cell_number c, timer_number t) {
  event("cancels alarm", c, t);
  model_.saw_timer_cancelled(c, t);
}

std::vector<std::string> witness::problems() const {
  std::vector<std::string> all = problems_;
  supervision_.at_rest(all);
  const auto of_model = model_.problems();
  all.insert(all.end(), of_model.begin(), of_model.end());
  return all;
}

} // namespace alys::sim
