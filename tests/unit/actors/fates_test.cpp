// SPDX-License-Identifier: Apache-2.0
//
// The fate table, entry by entry, on running actors. Each test is named as fate_test_name() names its entry.
#include "support/actors/tree.hpp"

#include <alys/actors/fate.hpp>

#include <atomic>
#include <future>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// While set, decisions wait at it: so that a test may act in between. One test runs at a time.
std::atomic<gate*> decision_gate{nullptr};
bool at_the_gate(const failure&) {
  if (const gate* g = decision_gate) g->pass();
  return true;
}
constexpr row resume_table[] = {{at_the_gate, action::resume}};
constexpr row restart_table[] = {{at_the_gate, action::restart}};
constexpr row stop_table[] = {{at_the_gate, action::stop}};
constexpr row escalate_table[] = {{at_the_gate, action::escalate}};

std::span<const row> table_of(outcome decided) {
  switch (decided) {
    case outcome::resume: return resume_table;
    case outcome::restart:
    case outcome::breaker_open: return restart_table;
    case outcome::stop: return stop_table;
    case outcome::escalate: return escalate_table;
  }
  return {};
}

// Two actors whose failures end in the same way, and a helper to ask. What is escalated restarts their supervisor.
struct fateful : tree {
  // `open_for`: with breaker_open, what the breaker of A that its first failure opens makes of it; for as good as ever unless told.
  explicit fateful(outcome o, mailbox_options mailbox = {}, redelivery redeliver = {},
                   std::chrono::milliseconds open_for = std::chrono::hours{1}, std::chrono::milliseconds waits_at_door = 60s)
      : decided(o),
        other(root.child<helper>("helper", {}, {}, [its = its](int) { return *its; })),
        door(add("door", {.mailbox = {.capacity = 1, .overflow = overflow::block, .block_for = waits_at_door}})),
        team(root.supervisor("team")),
        a(add(team, "a",
              {.breaker = o == outcome::breaker_open ? std::optional{breaker{.failures = 1, .open_for = open_for}} : std::nullopt,
               .mailbox = mailbox,
               .redeliver = redeliver,
               .decisions = table_of(o),
               .resume_after_throw = true})),
        b(add(team, "b", {.redeliver = redeliver, .decisions = table_of(o), .resume_after_throw = true})),
        system(start()) {}
  ~fateful() { let_decide(); }

  void hold_decisions() { decision_gate = &decisions; }
  void let_decide() {
    decision_gate = nullptr;
    decisions.open();
  }
  // Which life A is in once the decision has been carried out; none if it has ended.
  [[nodiscard]] std::uint32_t life_after() const {
    switch (decided) {
      case outcome::resume: return 1;
      case outcome::restart:
      case outcome::breaker_open:
      case outcome::escalate: return 2;
      case outcome::stop: return 0;
    }
    return 0;
  }
  // Comes back when the decision about A has been carried out.
  void settled() {
    if (decided == outcome::breaker_open) REQUIRE(seen->steps.wait_for("/root/team/a: running -> failed (1)"));
    else if (decided == outcome::stop) REQUIRE(seen->steps.wait_for("/root/team/a: failed -> terminated (1)"));
    else REQUIRE(system.ask(a, incarnation_of(), patience) == static_cast<int>(life_after()));
  }
  void fail_a() { REQUIRE(system.ask(a, failing(fail(category::resource, "failed")), patience).error().failed()); }
  [[nodiscard]] tree_node look() const { return *find(system.tree(), "/root/team/a"); }
  [[nodiscard]] std::future<result<int>> ask_aside(act what) {
    return std::async(std::launch::async, [this, what = std::move(what)] { return system.ask(a, what, patience); });
  }

  outcome decided;
  gate decisions;
  std::shared_ptr<promise<int>> its = std::make_shared<promise<int>>(); // the helper's answer
  ref<helper> other;
  ref<subject> door; // blocks when full
  supervisor_spec& team;
  ref<subject> a;
  ref<subject> b;
  alys::system system;
};

perform giving_up() {
  return {[](subject&) { throw std::runtime_error("failed"); }};
}

// ---- the message whose handler failed ----

void failing_is_answered_or_lost(outcome decided) {
  fateful t{decided};
  t.hold_decisions();
  t.fail_a(); // it does not wait for the decision
  send(t.b, giving_up());
  t.let_decide();
  CHECK(t.seen->dead_letters.wait_for("alys::test::perform to /root/team/b: its handler failed"));
  CHECK(t.look().messages.failed == 1);
}

constexpr redelivery once{.times = 1, .quarantine_after = 2};
constexpr redelivery to_quarantine_at_once{.times = 1, .quarantine_after = 1};

void failing_again_is_answered_or_lost(outcome decided, redelivery how) {
  fateful t{decided, {}, how};
  t.fail_a();
  t.settled();
  CHECK(t.look().messages.failed == 1);
  CHECK(t.look().messages.redelivered == 0);
  send(t.b, giving_up());
  CHECK(t.seen->dead_letters.wait_for("alys::test::perform to /root/team/b: its handler failed"));
  CHECK(t.system.quarantined().empty());
}

void redeliverable_goes_to_the_front(outcome decided) {
  fateful t{decided, {}, once, 1ms};
  t.hold_decisions();
  auto asked = t.ask_aside({[](subject& s) -> result<int> {
    s.write("tried");
    if (s.incarnation() == 1) return fail(category::resource, "failed");
    return static_cast<int>(s.incarnation());
  }});
  REQUIRE(t.of("a").log.wait_for("tried"));
  send(t.a, note{1});
  t.let_decide();
  CHECK(asked.get() == 2);
  REQUIRE(t.of("a").log.wait_for("note 1"));
  lines said = t.of("a").log.lines();
  std::erase_if(said, [](const std::string& line) { return line != "tried" && line != "note 1"; });
  CHECK(said == lines{"tried", "tried", "note 1"});
  CHECK(t.look().messages.redelivered == 1);
  CHECK(t.look().messages.failed == 0);
}

void poisonous_is_quarantined(outcome decided) {
  fateful t{decided, {}, to_quarantine_at_once};
  t.fail_a();
  t.settled();
  REQUIRE(eventually([&] { return t.system.quarantined().size() == 1; }));
  CHECK(t.system.quarantined().front().receiver == "/root/team/a");
  CHECK(t.look().messages.quarantined == 1);
  CHECK(t.look().messages.failed == 0);
}

// ---- messages that waited ----

// A is in a handler that will fail; note 1, a request, and note 2 wait behind.
struct with_queue : fateful {
  explicit with_queue(outcome o) : fateful(o, {}, {}, 1ms) {
    send(a, perform{[inside = inside, until = until](subject&) {
           inside->open();
           until->pass();
           throw std::runtime_error("failed");
         }});
    REQUIRE(inside->wait());
    send(a, note{1});
    request = ask_aside(incarnation_of());
    REQUIRE(eventually([this] { return look().normal.depth == 2; }));
    send(a, note{2});
    until->open();
  }
  std::shared_ptr<gate> inside = std::make_shared<gate>();
  std::shared_ptr<gate> until = std::make_shared<gate>();
  std::future<result<int>> request;
};

void queued_is_kept(outcome decided) {
  with_queue t{decided};
  CHECK(t.request.get() == static_cast<int>(t.life_after()));
  REQUIRE(t.of("a").log.wait_for("note 2"));
  lines notes = t.of("a").log.lines();
  std::erase_if(notes, [](const std::string& line) { return line.rfind("note", 0) != 0; });
  CHECK(notes == lines{"note 1", "note 2"});
}

void queued_is_answered_or_lost(outcome decided) {
  with_queue t{decided};
  CHECK(t.request.get() == errc::stopped);
  t.settled();
  CHECK(t.seen->dead_letters.count("alys::test::note to /root/team/a: receiver stopped") == 2);
  CHECK(t.look().messages.undelivered == 3);
}

// ---- messages that come meanwhile ----

void arriving_is_queued_under_bound(outcome decided) {
  fateful t{decided, {.capacity = 1}};
  t.hold_decisions();
  t.fail_a();
  CHECK(try_send(t.a, note{1}));
  CHECK(try_send(t.a, note{2}) == errc::mailbox_full);
  CHECK(t.look().normal.depth == 1);
  t.let_decide();
  CHECK(t.of("a").log.wait_for("note 1"));
}

void arriving_is_rejected(outcome decided, errc why, const std::string& cause) {
  fateful t{decided};
  t.fail_a();
  t.settled();
  CHECK(try_send(t.a, note{1}) == why);
  CHECK(t.system.ask(t.a, answering(1), patience) == why);
  send(t.a, note{2});
  CHECK(t.seen->dead_letters.lines() == lines{"alys::test::note to /root/team/a: " + cause});
  CHECK(t.look().messages.rejected == 3);
}

// ---- answers that it owes ----

std::future<result<int>> owe(fateful& t, promise<int>& p) {
  auto answer = std::async(std::launch::async, [&] { return t.system.ask(t.a, act_later{[p](subject&) { return p; }}, patience); });
  REQUIRE(eventually([&] { return t.look().messages.handled == 1; }));
  return answer;
}

void owed_reply_is_kept(outcome decided) {
  fateful t{decided};
  promise<int> p;
  auto answer = owe(t, p);
  t.fail_a();
  t.settled();
  CHECK(p.deliver(7));
  CHECK(answer.get() == 7);
}

void owed_reply_is_an_error(outcome decided, errc why) {
  fateful t{decided};
  promise<int> p;
  auto answer = owe(t, p);
  t.fail_a();
  CHECK(answer.get() == why);
  CHECK_FALSE(p.deliver(7));
}

// ---- answers that it waits for ----

// A has asked the helper, which answers when told to.
struct asking : fateful {
  explicit asking(outcome o) : fateful(o) {
    const act ask_helper{[to = other](subject& s) {
      s.ask(to, question{1}, patience).then([&s](int n) { s.write("answer " + std::to_string(n)); }, [](const error&) {});
      return 0;
    }};
    REQUIRE(system.ask(a, ask_helper, patience) == 0);
    REQUIRE(eventually([&] { return find(system.tree(), "/root/helper")->messages.handled == 1; }));
  }
};

void awaited_reply_is_kept(outcome decided) {
  asking t{decided};
  t.fail_a();
  t.settled();
  t.its->deliver(7);
  CHECK(t.of("a").log.wait_for("answer 7"));
}

void awaited_reply_is_a_dead_letter(outcome decided) {
  asking t{decided};
  t.fail_a();
  t.settled();
  t.its->deliver(7);
  CHECK(t.seen->dead_letters.wait_for("(answer) to /root/team/a: for an old incarnation"));
  CHECK(t.of("a").log.count("answer 7") == 0);
}

void awaited_reply_is_cancelled(outcome decided) {
  asking t{decided};
  t.fail_a();
  t.settled();
  t.its->deliver(7);
  if (decided == outcome::escalate) CHECK(t.system.ask(t.a, answering(1), patience) == 1); // the answer came before
  CHECK(t.of("a").log.count("answer 7") == 0);
  CHECK(t.seen->dead_letters.lines().empty());
}

// ---- its timers ----

act failing_with_timer() {
  return {[](subject& s) -> result<int> {
    s.after(0ns, note{9});
    return fail(category::resource, "failed");
  }};
}

void timer_is_kept(outcome decided) {
  fateful t{decided};
  t.hold_decisions();
  CHECK(t.system.ask(t.a, failing_with_timer(), patience).error().failed());
  t.let_decide();
  CHECK(t.of("a").log.wait_for("note 9"));
  CHECK(t.look().messages.timers_dropped == 0);
}

void timer_is_dropped_and_counted(outcome decided) {
  fateful t{decided};
  CHECK(t.system.ask(t.a, failing_with_timer(), patience).error().failed());
  t.settled();
  CHECK(eventually([&] { return t.look().messages.timers_dropped == 1; }));
  CHECK(t.of("a").log.count("note 9") == 0);
}

// ---- what it has set aside ----

// A has set aside a request, then a notification; note 3 waits behind what fails A.
struct stashing : fateful {
  explicit stashing(outcome o) : fateful(o, {}, {}, 1ms) {
    const auto aside = [set_aside = set_aside](subject& s) -> result<int> {
      if (*set_aside) return s.stash();
      s.write("request");
      return static_cast<int>(s.incarnation());
    };
    request = ask_aside({aside});
    REQUIRE(eventually([this] { return look().messages.stashed == 1; }));
    send(a, perform{[set_aside = set_aside](subject& s) {
           if (*set_aside) (void)s.stash();
           else s.write("notification");
         }});
    REQUIRE(eventually([this] { return look().messages.stashed == 2; }));
    hold_decisions();
    fail_a();
    send(a, note{3});
    *set_aside = false;
    let_decide();
  }
  [[nodiscard]] lines said() {
    REQUIRE(of("a").log.wait_for("note 3"));
    lines all = of("a").log.lines();
    std::erase_if(all, [](const std::string& line) { return line != "request" && line != "notification" && line != "note 3"; });
    return all;
  }
  std::shared_ptr<std::atomic<bool>> set_aside = std::make_shared<std::atomic<bool>>(true);
  std::future<result<int>> request;
};

void stashed_is_kept(outcome decided) {
  stashing t{decided};
  CHECK(t.said() == lines{"note 3"});
  CHECK(t.look().messages.stashed == 2);
  CHECK(t.system.ask(t.a, act{[](subject& s) {
                       s.unstash_all();
                       return 0;
                     }},
                     patience) == 0);
  CHECK(t.request.get() == 1);
}

void stashed_goes_to_the_front(outcome decided) {
  stashing t{decided};
  CHECK(t.request.get() == 2);
  CHECK(t.said() == lines{"request", "notification", "note 3"});
  CHECK(t.look().messages.stashed == 0);
}

void stashed_is_answered_or_lost(outcome decided) {
  stashing t{decided};
  CHECK(t.request.get() == errc::stopped);
  t.settled();
  CHECK(t.seen->dead_letters.count("alys::test::perform to /root/team/a: receiver stopped") == 1);
  CHECK(t.look().messages.stashed == 0);
}

// ---- what it has sent and what waits for room ----

// A fails while its note 2 waits at the door, whose one place has note 1, and which handles nothing until it is let.
struct parking : fateful {
  explicit parking(outcome o, std::chrono::milliseconds waits = 60s) : fateful(o, {}, {}, std::chrono::hours{1}, waits) {
    send(door, perform{[inside = inside, until = until](subject&) {
           inside->open();
           until->pass();
         }});
    REQUIRE(inside->wait());
    send(a, perform{[to = door](subject&) {
           send(to, note{1});
           send(to, note{2});
           throw std::runtime_error("failed");
         }});
  }
  ~parking() { until->open(); }
  [[nodiscard]] std::uint64_t waiting() const { return find(system.tree(), "/root/door")->messages.parked; }
  std::shared_ptr<gate> inside = std::make_shared<gate>();
  std::shared_ptr<gate> until = std::make_shared<gate>();
};

void parked_send_is_sent_when_room_comes(parking& t) {
  CHECK(t.waiting() == 1);
  auto asked = t.ask_aside(incarnation_of());
  t.until->open();
  CHECK(t.of("door").log.wait_for("note 2"));
  CHECK(asked.get() == static_cast<int>(t.life_after()));
  CHECK(t.seen->dead_letters.count("alys::test::note to /root/door: mailbox full") == 0);
}

void parked_send_is_kept(outcome decided) {
  parking t{decided};
  if (decided == outcome::breaker_open) { // then A is down for longer than its message waits
    REQUIRE(t.seen->steps.wait_for("/root/team/a: running -> failed (1)"));
    CHECK(t.waiting() == 1);
    t.until->open();
    CHECK(t.of("door").log.wait_for("note 2"));
    return;
  }
  if (decided == outcome::resume) REQUIRE(t.seen->decisions.wait_for("/root/team/a (1): resume"));
  else REQUIRE(t.seen->steps.wait_for("/root/team/a: initializing -> running (2)"));
  parked_send_is_sent_when_room_comes(t);
}

void parked_send_is_sent_or_lost(outcome decided) {
  {
    parking t{decided};
    REQUIRE(t.seen->steps.wait_for("/root/team/a: initializing -> running (2)"));
    parked_send_is_sent_when_room_comes(t);
  }
  parking t{decided, 1ms};
  REQUIRE(t.seen->dead_letters.wait_for("alys::test::note to /root/door: mailbox full"));
  CHECK(t.waiting() == 0);
  t.settled();
}

void parked_send_is_a_dead_letter(outcome decided) {
  parking t{decided};
  REQUIRE(t.seen->dead_letters.wait_for("alys::test::note to /root/door: mailbox full"));
  CHECK(t.waiting() == 0);
  CHECK(find(t.system.tree(), "/root/door")->messages.rejected == 1);
}

// ---- its subscriptions ----

// With breaker_open: for as long as the breaker is open, A is told nothing, but stays subscribed.
void subscription_is_kept(outcome decided) {
  fateful t{decided, {}, {}, 1ms};
  const topic<note> notes;
  notes.subscribe(t.a);
  t.fail_a();
  if (decided == outcome::breaker_open) REQUIRE(t.seen->steps.wait_for("/root/team/a: initializing -> running (2)"));
  t.settled();
  CHECK(notes.publish({5}).delivered == 1);
  CHECK(t.of("a").log.wait_for("note 5"));
}

void subscription_is_ended(outcome decided) {
  fateful t{decided};
  const topic<note> notes;
  notes.subscribe(t.a);
  t.fail_a();
  t.settled();
  REQUIRE(eventually([&] { return notes.look().subscribers.empty(); }));
  CHECK(notes.publish({5}) == publication{});
  CHECK(t.seen->dead_letters.lines().empty());
}

} // namespace

TEST_CASE("fate: failing on resume is error reply or dead letter") { failing_is_answered_or_lost(outcome::resume); }
TEST_CASE("fate: failing on restart is error reply or dead letter") { failing_is_answered_or_lost(outcome::restart); }
TEST_CASE("fate: failing on stop is error reply or dead letter") { failing_is_answered_or_lost(outcome::stop); }
TEST_CASE("fate: failing on escalate is error reply or dead letter") { failing_is_answered_or_lost(outcome::escalate); }
TEST_CASE("fate: failing on breaker open is error reply or dead letter") { failing_is_answered_or_lost(outcome::breaker_open); }

TEST_CASE("fate: redeliverable on resume is error reply or dead letter") { failing_again_is_answered_or_lost(outcome::resume, once); }
TEST_CASE("fate: redeliverable on restart is to the front of the queue") { redeliverable_goes_to_the_front(outcome::restart); }
TEST_CASE("fate: redeliverable on stop is error reply or dead letter") { failing_again_is_answered_or_lost(outcome::stop, once); }
TEST_CASE("fate: redeliverable on escalate is error reply or dead letter") { failing_again_is_answered_or_lost(outcome::escalate, once); }
TEST_CASE("fate: redeliverable on breaker open is to the front of the queue") { redeliverable_goes_to_the_front(outcome::breaker_open); }

TEST_CASE("fate: poisonous on resume is error reply or dead letter") {
  failing_again_is_answered_or_lost(outcome::resume, to_quarantine_at_once);
}
TEST_CASE("fate: poisonous on restart is quarantined") { poisonous_is_quarantined(outcome::restart); }
TEST_CASE("fate: poisonous on stop is error reply or dead letter") {
  failing_again_is_answered_or_lost(outcome::stop, to_quarantine_at_once);
}
TEST_CASE("fate: poisonous on escalate is error reply or dead letter") {
  failing_again_is_answered_or_lost(outcome::escalate, to_quarantine_at_once);
}
TEST_CASE("fate: poisonous on breaker open is quarantined") { poisonous_is_quarantined(outcome::breaker_open); }

TEST_CASE("fate: queued on resume is kept") { queued_is_kept(outcome::resume); }
TEST_CASE("fate: queued on restart is kept") { queued_is_kept(outcome::restart); }
TEST_CASE("fate: queued on stop is error reply or dead letter") { queued_is_answered_or_lost(outcome::stop); }
TEST_CASE("fate: queued on escalate is kept") { queued_is_kept(outcome::escalate); }
TEST_CASE("fate: queued on breaker open is kept") { queued_is_kept(outcome::breaker_open); }

TEST_CASE("fate: arriving on resume is queued under the bound") { arriving_is_queued_under_bound(outcome::resume); }
TEST_CASE("fate: arriving on restart is queued under the bound") { arriving_is_queued_under_bound(outcome::restart); }
TEST_CASE("fate: arriving on stop is rejected") { arriving_is_rejected(outcome::stop, errc::stopped, "receiver stopped"); }
TEST_CASE("fate: arriving on escalate is queued under the bound") { arriving_is_queued_under_bound(outcome::escalate); }
TEST_CASE("fate: arriving on breaker open is rejected") { arriving_is_rejected(outcome::breaker_open, errc::breaker_open, "breaker open"); }

TEST_CASE("fate: owed reply on resume is kept") { owed_reply_is_kept(outcome::resume); }
TEST_CASE("fate: owed reply on restart is error reply") { owed_reply_is_an_error(outcome::restart, errc::restarted); }
TEST_CASE("fate: owed reply on stop is error reply") { owed_reply_is_an_error(outcome::stop, errc::stopped); }
TEST_CASE("fate: owed reply on escalate is error reply") { owed_reply_is_an_error(outcome::escalate, errc::restarted); }
TEST_CASE("fate: owed reply on breaker open is error reply") { owed_reply_is_an_error(outcome::breaker_open, errc::restarted); }

TEST_CASE("fate: awaited reply on resume is kept") { awaited_reply_is_kept(outcome::resume); }
TEST_CASE("fate: awaited reply on restart is dead letter") { awaited_reply_is_a_dead_letter(outcome::restart); }
TEST_CASE("fate: awaited reply on stop is cancelled") { awaited_reply_is_cancelled(outcome::stop); }
TEST_CASE("fate: awaited reply on escalate is cancelled") { awaited_reply_is_cancelled(outcome::escalate); }
TEST_CASE("fate: awaited reply on breaker open is cancelled") { awaited_reply_is_cancelled(outcome::breaker_open); }

TEST_CASE("fate: timer on resume is kept") { timer_is_kept(outcome::resume); }
TEST_CASE("fate: timer on restart is dropped and counted") { timer_is_dropped_and_counted(outcome::restart); }
TEST_CASE("fate: timer on stop is dropped and counted") { timer_is_dropped_and_counted(outcome::stop); }
TEST_CASE("fate: timer on escalate is dropped and counted") { timer_is_dropped_and_counted(outcome::escalate); }
TEST_CASE("fate: timer on breaker open is dropped and counted") { timer_is_dropped_and_counted(outcome::breaker_open); }

TEST_CASE("fate: stashed on resume is kept") { stashed_is_kept(outcome::resume); }
TEST_CASE("fate: stashed on restart is to the front of the queue") { stashed_goes_to_the_front(outcome::restart); }
TEST_CASE("fate: stashed on stop is error reply or dead letter") { stashed_is_answered_or_lost(outcome::stop); }
TEST_CASE("fate: stashed on escalate is to the front of the queue") { stashed_goes_to_the_front(outcome::escalate); }
TEST_CASE("fate: stashed on breaker open is to the front of the queue") { stashed_goes_to_the_front(outcome::breaker_open); }

TEST_CASE("fate: parked send on resume is kept") { parked_send_is_kept(outcome::resume); }
TEST_CASE("fate: parked send on restart is sent or dead letter") { parked_send_is_sent_or_lost(outcome::restart); }
TEST_CASE("fate: parked send on stop is dead letter") { parked_send_is_a_dead_letter(outcome::stop); }
TEST_CASE("fate: parked send on escalate is kept") { parked_send_is_kept(outcome::escalate); }
TEST_CASE("fate: parked send on breaker open is kept") { parked_send_is_kept(outcome::breaker_open); }

TEST_CASE("fate: subscription on resume is kept") { subscription_is_kept(outcome::resume); }
TEST_CASE("fate: subscription on restart is kept") { subscription_is_kept(outcome::restart); }
TEST_CASE("fate: subscription on stop is ended") { subscription_is_ended(outcome::stop); }
TEST_CASE("fate: subscription on escalate is kept") { subscription_is_kept(outcome::escalate); }
TEST_CASE("fate: subscription on breaker open is kept") { subscription_is_kept(outcome::breaker_open); }
