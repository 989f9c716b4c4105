// SPDX-License-Identifier: Apache-2.0
#include "storm.hpp"

#include "keeper.hpp"
#include "scene.hpp"

#include <algorithm>

#include <alys/testkit/bench.hpp>

namespace alys::sim {

namespace {

using namespace std::chrono_literals;
using testkit::bench;

class storm {
public:
  storm(std::uint64_t seed, weather how, bool talk);
  ~storm() {
    stage_.seen->set_clock([] { return 0ns; });
  }
  storm(const storm&) = delete;
  storm& operator=(const storm&) = delete;
  void play();
  [[nodiscard]] run_result found() const;

private:
  using answer_of_player = testkit::pending_answer<std::uint64_t>;

  // Doings.
  void do_something();
  void do_one_thing();
  void inject_fault();
  void fail_one();
  void dismiss_one();
  void finish_one();
  void write_to_somebody();
  void write(cell_number to, message_kind what, errand::way how, script_ptr told);
  void publish();
  void look_for_answers();
  void let_go_of_time();
  void do_all_of_this_instant();

  // Drawing.
  // `for_many`: others may get it too, who must not end themselves by it.
  [[nodiscard]] std::shared_ptr<script> draw_script(cell_number receiver, std::uint32_t depth, bool for_many = false);
  [[nodiscard]] std::shared_ptr<script> draw_script_for(message_kind what, cell_number receiver, std::uint32_t depth);
  [[nodiscard]] std::shared_ptr<script> draw_failure();
  void add_pauses(script& told, cell_number receiver, std::uint32_t depth);
  [[nodiscard]] std::optional<errand> draw_question(cell_number asker, std::uint32_t depth);
  [[nodiscard]] errand draw_errand(cell_number to, std::uint32_t depth);
  [[nodiscard]] cell_number somebody() { return static_cast<cell_number>(stage_.random.below(stage_.players.size())); }
  [[nodiscard]] message_kind draw_request() {
    return static_cast<message_kind>(message_kinds - request_kinds + stage_.random.below(request_kinds));
  }
  [[nodiscard]] message_kind draw_kind() { return static_cast<message_kind>(stage_.random.below(message_kinds)); }

  // Judging.
  void come_to_rest();
  void let_all_come_up();
  [[nodiscard]] std::string who_does_not_run();
  void judge_endings();
  void judge_counts();
  void judge_parked();
  void end();
  void end_in_the_middle();
  void shut_down(const shutdown_options& how);
  [[nodiscard]] bool is_over() { return t_->system().wait_for(0s) != end_reason::none; }

  weather how_;
  stage stage_;
  scene scene_;
  std::optional<bench> t_; // after the stage: actors use that until their end
  std::vector<std::pair<message_number, answer_of_player>> asked_;
};

[[nodiscard]] std::string in_words(const supervision::endings& endings) {
  std::string words;
  for (const auto& [path, how] : endings) words += ' ' + path + '=' + std::string{to_string(how)};
  return words.empty() ? std::string{" nothing"} : words;
}

testkit::bench_options options_for(std::uint64_t seed, const stage& on) {
  const std::shared_ptr<witness> seen = on.seen;
  return {.seed = seed,
          .shuffle = true,
          .health_period = seed % 5 == 0 ? 700ms : 0ms,
          .log = [seen](log_level level, std::string_view line) { seen->logged(level, line); },
          .observers = {seen}};
}

storm::storm(std::uint64_t seed, weather how, bool talk) : how_(how), stage_(seed, how == weather::calm, talk), scene_(stage_) {
  t_.emplace(scene_.take_root(), options_for(seed, stage_));
  stage_.seen->set_clock([this] { return t_->now(); });
}

void storm::play() {
  t_->start();
  (void)stage_.seen->take_endings();
  const std::uint64_t steps = 20 + stage_.random.below(how_ == weather::calm ? 20 : 80);
  for (std::uint64_t i = 0; i < steps && !is_over(); ++i) {
    if (how_ == weather::calm) do_one_thing();
    else do_something();
    look_for_answers();
  }
  if (how_ == weather::stormy && stage_.once_in(3)) end_in_the_middle();
  else end();
}

// ---- doings ----

void storm::do_something() {
  const std::uint64_t lot = stage_.random.below(100);
  if (lot < 52) write_to_somebody();
  else if (lot < 66) let_go_of_time();
  else if (lot < 78) do_all_of_this_instant();
  else if (lot < 86) stage_.settle_one();
  else if (lot < 91) scene_.bear();
  else if (lot < 93) scene_.dismiss();
  else if (lot < 94) inject_fault();
  else if (lot < 96) publish();
  else look_into_quarantine(t_->system(), stage_);
  for (std::uint64_t turns = stage_.random.below(6); turns > 0 && t_->turn(); --turns) look_for_answers();
}

void storm::inject_fault() {
  const cell_number who = somebody();
  stage_.seen->is_to_fail(who);
  (void)t_->system().inject_fault(stage_.seen->path_of(who));
}

void storm::do_one_thing() {
  const std::uint64_t lot = stage_.random.below(10);
  if (lot < 4) fail_one();
  else if (lot < 8) write_to_somebody();
  else if (lot < 9 && stage_.once_in(3)) publish();
  else if (lot < 9) scene_.bear();
  else if (stage_.once_in(2)) finish_one();
  else return dismiss_one();
  come_to_rest();
  judge_endings();
}

void storm::fail_one() {
  const cell_number to = somebody();
  const message_kind what = draw_kind();
  const auto told = draw_failure();
  if (may_wait(what)) add_pauses(*told, to, 2);
  write(to, what, errand::way::send, told);
}

void storm::dismiss_one() {
  scene_.dismiss();
  come_to_rest();
  if (stage_.seen->take_endings().size() > 1) stage_.seen->object("more than one life ended by one dismissal");
}

// Who may end for good tells itself to.
void storm::finish_one() {
  const cell_number who = somebody();
  if (!scene_.is_mortal(who)) return;
  auto told = std::make_shared<script>();
  told->finish = true;
  add_pauses(*told, who, 2);
  write(who, stage_.once_in(2) ? message_kind::word : message_kind::journey, errand::way::send, told);
}

void storm::let_go_of_time() {
  constexpr std::array<std::chrono::milliseconds, 6> steps{1ms, 7ms, 60ms, 300ms, 1100ms, 11s};
  t_->advance(stage_.one_of(steps));
}

void storm::do_all_of_this_instant() {
  t_->run_until_idle();
  stage_.seen->at_rest();
  judge_parked();
}

void storm::write_to_somebody() {
  const cell_number to = somebody();
  const message_kind what = draw_kind();
  constexpr std::array ways{errand::way::send, errand::way::ask, errand::way::try_send};
  write(to, what, stage_.one_of(ways), draw_script_for(what, to, how_ == weather::calm ? 2 : 0));
}

void storm::write(cell_number to, message_kind what, errand::way how, script_ptr told) {
  witness& seen = *stage_.seen;
  const auto run = [&]<int Level>(const ref<player<Level>>& whom) {
    if (how == errand::way::ask && may_be_asked(what)) {
      const auto n = seen.sending({.to = to, .request = true, .urgent = is_urgent(what)}, false);
      with_request<Level>(what, n, stage_.along_with(n, told),
                          [&](auto message) { asked_.emplace_back(n, t_->ask_later(whom, std::move(message))); });
      return seen.sent_from_outside(n);
    }
    const bool is_told = how == errand::way::try_send;
    const auto n = seen.sending({.to = to, .request = false, .urgent = is_urgent(what)}, is_told);
    with_message<Level>(what, n, stage_.along_with(n, told), [&](auto message) {
      if (is_told) return seen.tried(n, try_send(whom, std::move(message)));
      send(whom, std::move(message));
      seen.sent_from_outside(n);
    });
  };
  std::visit(run, stage_.players.at(to));
}

void storm::publish() {
  const auto on = static_cast<topic_number>(stage_.random.below(topic_count));
  stage_.publish(on, draw_script(somebody(), how_ == weather::calm ? 2 : 1, true));
}

void storm::look_for_answers() {
  std::erase_if(asked_, [&](auto& each) {
    if (!each.second.arrived()) return false;
    stage_.seen->answered(each.first, each.second.take());
    return true;
  });
}

// ---- drawing ----

std::shared_ptr<script> storm::draw_script(cell_number receiver, std::uint32_t depth, bool for_many) {
  constexpr std::array kinds{category::unknown, category::network,       category::timeout,    category::logic,
                             category::unknown, category::configuration, category::corruption, category::resource};
  constexpr std::array weights{severity::low, severity::medium, severity::medium, severity::high, severity::critical};
  constexpr std::array ends{deed::answer,        deed::answer,       deed::answer,       deed::answer,
                            deed::refuse,        deed::keep_promise, deed::keep_promise, deed::lend_promise,
                            deed::break_promise, deed::fail,         deed::raise,        deed::raise_something_else};
  auto told = std::make_shared<script>();
  told->how = stage_.one_of(ends);
  if (how_ == weather::calm && told->how >= deed::fail) told->how = deed::answer;
  told->kind = stage_.one_of(kinds);
  if (stage_.once_in(3)) told->weight = stage_.one_of(weights);
  if (how_ == weather::stormy && !for_many && scene_.may_finish(receiver)) told->finish = stage_.once_in(25);
  told->pay = stage_.once_in(5);
  told->cancel_alarm = stage_.once_in(10);
  told->stash = stage_.once_in(10);
  told->unstash = stage_.once_in(8);
  if (stage_.once_in(8)) {
    told->reads = {stage_.once_in(3) ? paper::deed::unsubscribe : paper::deed::subscribe,
                   static_cast<topic_number>(stage_.random.below(topic_count))};
  }
  told->harmless_after = static_cast<std::uint32_t>(stage_.random.below(4));
  if (depth >= 3) return told;
  const cell_number often = somebody(); // whose mailbox is the sooner full
  for (std::uint64_t many = stage_.random.below(4 - depth); many > 0; --many)
    told->errands.push_back(draw_errand(stage_.once_in(2) ? often : somebody(), depth + 1));
  if (stage_.once_in(6)) {
    constexpr std::array<std::chrono::milliseconds, 4> times{1ms, 30ms, 400ms, 3s};
    told->alarms.push_back(
        {stage_.one_of(times), 1 + static_cast<std::uint32_t>(stage_.random.below(4)), draw_script(receiver, depth + 1, for_many)});
  }
  return told;
}

std::shared_ptr<script> storm::draw_failure() {
  constexpr std::array kinds{category::unknown,  category::network, category::timeout,
                             category::resource, category::unknown, category::configuration};
  auto told = std::make_shared<script>();
  told->how = stage_.once_in(2) ? deed::fail : stage_.once_in(2) ? deed::raise : deed::raise_something_else;
  told->kind = stage_.one_of(kinds);
  return told;
}

errand storm::draw_errand(cell_number to, std::uint32_t depth) {
  constexpr std::array ways{errand::way::send, errand::way::send,     errand::way::ask,      errand::way::ask,
                            errand::way::ask,  errand::way::try_send, errand::way::try_send, errand::way::publish};
  constexpr std::array<std::chrono::milliseconds, 4> deadlines{1ms, 50ms, 1s, 20s};
  constexpr std::array sequels{sequel::nothing, sequel::nothing, sequel::pay, sequel::pay, sequel::raise};
  errand e;
  e.to = to;
  e.on = static_cast<topic_number>(stage_.random.below(topic_count));
  e.how = stage_.one_of(ways);
  e.what = e.how == errand::way::ask ? draw_request() : draw_kind();
  e.deadline = stage_.one_of(deadlines);
  e.told = e.how == errand::way::publish ? draw_script(e.to, depth, true) : draw_script_for(e.what, e.to, depth);
  e.then = how_ == weather::calm ? sequel::nothing : stage_.one_of(sequels);
  return e;
}

std::shared_ptr<script> storm::draw_script_for(message_kind what, cell_number receiver, std::uint32_t depth) {
  auto told = draw_script(receiver, depth);
  if (may_wait(what)) add_pauses(*told, receiver, depth);
  return told;
}

// One thing after another: then all that waits is over before the next, and only what is told to fail does.
void storm::add_pauses(script& told, cell_number receiver, std::uint32_t depth) {
  constexpr std::array<std::chrono::milliseconds, 4> times{0ms, 5ms, 200ms, 2s};
  constexpr std::array ends{deed::answer, deed::answer, deed::refuse, deed::fail, deed::raise};
  const bool calm = how_ == weather::calm;
  told.late = stage_.once_in(2);
  for (std::uint64_t many = stage_.random.below(4); many > 0; --many) {
    pause p{.how = static_cast<pause::way>(stage_.random.below(pauses)), .question = std::nullopt};
    const bool asks = p.how == pause::way::ask || p.how == pause::way::ask_or_return;
    if (asks || (p.how >= pause::way::part && stage_.once_in(3))) p.question = draw_question(receiver, depth + 1);
    p.time = calm ? times[static_cast<std::size_t>(stage_.random.below(2))] : stage_.one_of(times);
    p.end = ends[static_cast<std::size_t>(stage_.random.below(calm ? 3 : ends.size()))];
    told.pauses.push_back(std::move(p));
  }
}

// Of somebody of a higher level; nothing if nobody is found.
std::optional<errand> storm::draw_question(cell_number asker, std::uint32_t depth) {
  constexpr std::array<std::chrono::milliseconds, 4> deadlines{1ms, 50ms, 1s, 20s};
  if (depth >= 4) return std::nullopt;
  errand e{.how = errand::way::ask, .what = draw_request(), .told = nullptr};
  for (int tries = 0; tries < 4; ++tries) {
    e.to = somebody();
    if (scene_.level(e.to) <= scene_.level(asker)) continue;
    e.deadline = how_ == weather::calm ? deadlines[static_cast<std::size_t>(stage_.random.below(2))] : stage_.one_of(deadlines);
    e.told = draw_script_for(e.what, e.to, depth);
    return e;
  }
  return std::nullopt;
}

// ---- judging ----

void storm::come_to_rest() {
  t_->advance(how_ == weather::calm ? 3s : 60s);
  look_for_answers();
  stage_.seen->at_rest();
  stage_.seen->hurries_no_longer();
}

// Keeps what was promised, and waits until everybody runs who has not ended.
void storm::let_all_come_up() {
  constexpr int patience = 10;
  for (int tries = 0; tries < patience && !is_over(); ++tries) {
    stage_.settle_all();
    come_to_rest();
    const bool quiet = stage_.promises_to_keep() == 0 && stage_.seen->model().turns_waiting() == 0;
    if (tries > 0 && quiet && who_does_not_run().empty()) return;
  }
  if (!is_over() && !who_does_not_run().empty()) stage_.seen->object(who_does_not_run() + " should run and does not come up");
}

std::string storm::who_does_not_run() {
  const tree_node all = t_->tree();
  for (cell_number c = 0; c < stage_.seen->cells(); ++c) {
    if (stage_.seen->has_ended(c)) continue;
    const tree_node* node = find(all, stage_.seen->path_of(c));
    if (node == nullptr || node->state != lifecycle_state::running) return stage_.seen->path_of(c);
  }
  return {};
}

void storm::judge_endings() {
  auto expected = stage_.seen->supervisors().take_expected();
  auto seen = stage_.seen->take_endings();
  // Whose failure is escalated goes down by itself, while those above decide about the rest, and so does who is stopped while others
  // restart: that order is open.
  const auto alone = stage_.seen->supervisors().take_alone();
  for (auto* endings : {&expected, &seen}) {
    std::stable_partition(endings->begin(), endings->end(), [&](const auto& each) {
      return std::any_of(alone.begin(), alone.end(), [&](const std::string& top) { return each.first.starts_with(top + '/'); });
    });
    std::stable_partition(endings->begin(), endings->end(), [&](const auto& each) { return alone.contains(each.first); });
  }
  if (expected == seen || is_over()) return;
  stage_.seen->object("what ended was" + in_words(seen) + ", where it should have been" + in_words(expected));
}

// As many wait for room as the model knows of.
void storm::judge_parked() {
  const tree_node all = t_->tree();
  for (cell_number c = 0; c < stage_.seen->cells(); ++c) {
    const tree_node* node = find(all, stage_.seen->path_of(c));
    const std::size_t known = stage_.seen->model().parked(c);
    if (node == nullptr || stage_.seen->has_ended(c) || node->messages.parked == known) continue;
    stage_.seen->object(node->path + " lets " + std::to_string(node->messages.parked) + " messages wait for room, not " +
                        std::to_string(known));
  }
}

// What the cells have counted is what the model has.
void storm::judge_counts() {
  stage_.seen->at_rest();
  judge_parked();
  for (std::string& each : stage_.seen->model().idle_with_work()) stage_.seen->object(std::move(each));
  const tree_node all = t_->tree();
  const cell_model& model = stage_.seen->model();
  std::uint64_t alive = 0;
  for (cell_number c = 0; c < stage_.seen->cells(); ++c) {
    const tree_node* node = find(all, stage_.seen->path_of(c));
    if (node == nullptr || stage_.seen->has_ended(c)) continue;
    const message_counts& m = node->messages;
    const auto check = [&](std::string_view what, std::uint64_t counted, std::uint64_t known) {
      if (counted == known) return;
      stage_.seen->object(node->path + " counts " + std::to_string(counted) + ' ' + std::string{what} + ", not " + std::to_string(known));
    };
    check("handled", m.handled, model.count(c, ending::handled));
    check("refused", m.refused, model.count(c, ending::refused));
    check("failed", m.failed, model.count(c, ending::failed));
    check("undelivered", m.undelivered, model.count(c, ending::undelivered));
    check("rejected", m.rejected, model.count(c, ending::rejected));
    check("dropped", m.dropped, model.count(c, ending::dropped));
    check("queued", m.queued, model.queued(c));
    check("stashed", m.stashed, model.stashed(c));
    check("quarantined", m.quarantined, model.count(c, ending::quarantined));
    check("redelivered", m.redelivered, model.redelivered(c));
    check("timers dropped", m.timers_dropped, model.timers_dropped(c));
    if (const auto [least, most] = model.lost_answers_expected(c); model.lost_answers(c) < least || model.lost_answers(c) > most)
      stage_.seen->object(node->path + " made dead letters of " + std::to_string(model.lost_answers(c)) + " answers, where " +
                          std::to_string(least) + " to " + std::to_string(most) + " had nobody to go to");
    stage_.seen->judge(c, node->breaker);
    if (node->state == lifecycle_state::running) ++alive;
  }
  for (topic_number t = 0; t < topic_count; ++t) stage_.seen->judge(t, stage_.papers.at(t).look());
  if (alive != stage_.seen->objects_alive())
    stage_.seen->object(std::to_string(stage_.seen->objects_alive()) + " objects are alive for " + std::to_string(alive) +
                        " running actors");
}

// From rest everybody goes down in turn, last declared first, also through supervisors in supervisors.
void storm::end() {
  let_all_come_up();
  const bool was_over = is_over();
  const bool at_rest = stage_.seen->model().turns_waiting() == 0;
  if (!was_over) judge_counts();
  (void)stage_.seen->take_endings();
  const auto expected = stage_.seen->supervisors().expect_end("/root");
  shut_down({});
  const auto seen = stage_.seen->take_endings();
  if (!was_over && at_rest && seen != expected)
    stage_.seen->object("the tree ended with" + in_words(seen) + ", where it should have been" + in_words(expected));
}

// With whatever is going on, and little time for it.
void storm::end_in_the_middle() {
  constexpr std::array<std::chrono::milliseconds, 4> times{40ms, 300ms, 2s, 10s};
  constexpr std::array<std::chrono::milliseconds, 4> drains{0ms, 0ms, 30ms, 2s};
  shut_down({.deadline = stage_.one_of(times), .drain = stage_.one_of(drains)});
}

void storm::shut_down(const shutdown_options& how) {
  stage_.seen->supervisors().saw_the_end();
  stage_.seen->hurries();
  const auto report = t_->shutdown(how);
  look_for_answers();
  if (t_->system().wait_for(0s) == end_reason::finished && !stage_.seen->supervisors().may_have_finished())
    stage_.seen->object("the tree says that it has finished");
  if (!report.in_time) stage_.seen->object("the shutdown was not in time: " + to_string(report));
  if (report.took > how.deadline) stage_.seen->object("the shutdown took longer than its deadline: " + to_string(report));
  if (stage_.seen->objects_alive() != 0) stage_.seen->object(std::to_string(stage_.seen->objects_alive()) + " objects outlived their tree");
  if (stage_.seen->frames_alive() != 0) stage_.seen->object(std::to_string(stage_.seen->frames_alive()) + " frames outlived their tree");
  for (const auto& [number, answer] : asked_)
    stage_.seen->object("message " + std::to_string(number) + " was asked from outside and never answered");
}

run_result storm::found() const {
  stage_.seen->at_rest();
  const witness& seen = *stage_.seen;
  return {.hash = seen.hash(),
          .events = seen.events(),
          .virtual_time = t_->now(),
          .messages = seen.model().account().sent_in_all(),
          .failures = seen.model().account().count(ending::failed),
          .happened = seen.happened(),
          .problems = seen.problems()};
}

} // namespace

run_result play(std::uint64_t seed, weather how, bool talk) {
  storm run{seed, how, talk};
  run.play();
  return run.found();
}

} // namespace alys::sim
