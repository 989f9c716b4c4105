// SPDX-License-Identifier: Apache-2.0
//
// Actors asking actors, and the world outside asking them.
#include "support/actors/tree.hpp"

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// A subject that may ask a helper.
struct pair : tree {
  explicit pair(helper::answers how, child_options options = {})
      : other(root.child<helper>("helper", {}, {}, std::move(how))), asker(add("a", std::move(options))) {}

  // Asks the helper and answers with what it says.
  [[nodiscard]] act_later pass_on(int number, std::chrono::nanoseconds deadline = patience) const {
    return {[to = other, number, deadline](subject& s) {
      promise<int> p;
      auto asked = s.ask(to, question{number}, deadline);
      asked.then([p](int n) { p.deliver(n); }, [p](const error& e) { p.deliver(e); });
      return p;
    }};
  }
  ref<helper> other;
  ref<subject> asker;
};

} // namespace

TEST_CASE("an actor asks another and goes on when the answer comes") {
  pair t{[](int n) { return answered(n + 1); }};
  auto system = t.start();
  CHECK(system.ask(t.asker, t.pass_on(41), patience) == 42);
}

TEST_CASE("a refusal and a failure reach the asker as they were given") {
  pair t{[](int n) { return answered(n == 0 ? refuse(errc::out_of_range, "no") : fail(category::network, "down")); }};
  auto system = t.start();
  CHECK(system.ask(t.asker, t.pass_on(0), patience) == errc::out_of_range);
  CHECK(system.ask(t.asker, t.pass_on(1), patience).error().category() == category::network);
}

TEST_CASE("an ask that nobody answers ends at its deadline and the late answer is a dead letter") {
  promise<int> late;
  pair t{[late](int) { return late; }};
  auto system = t.start();
  CHECK(system.ask(t.asker, t.pass_on(1, 1ms), patience) == errc::deadline);
  CHECK(late.deliver(7));
  CHECK(t.seen->dead_letters.wait_for("(answer) to /root/a: late answer"));
}

TEST_CASE("a deadline of any length will do if it is positive") {
  pair t{[](int n) { return answered(n); }};
  auto system = t.start();
  CHECK(system.ask(t.asker, t.pass_on(1, std::chrono::nanoseconds::max()), std::chrono::nanoseconds::max()) == 1);
  CHECK(system.ask(t.asker, answering(1), 0ns) == errc::out_of_range);
  CHECK(system.ask(t.asker, answering(1), -1s) == errc::out_of_range);
  CHECK(system.ask(t.asker, t.pass_on(1, 0ns), patience).error().category() == category::logic);
}

TEST_CASE("a waiting ask inside an actor is refused at once") {
  pair t{[](int n) { return answered(n); }};
  auto system = t.start();
  const act wait{[&](subject&) { return system.ask(t.other, question{1}, patience); }};
  CHECK(system.ask(t.asker, wait, patience) == errc::would_block);
  CHECK(system.ask(t.asker, incarnation_of(), patience) == 1);
}

TEST_CASE("an exception in a continuation fails the asker") {
  pair t{[](int n) { return answered(n); }};
  auto system = t.start();
  const act_later careless{[to = t.other](subject& s) {
    promise<int> p;
    s.ask(to, question{1}, patience).then([p](int) { throw std::runtime_error("careless"); }, [](const error&) {});
    return p;
  }};
  CHECK(system.ask(t.asker, careless, patience) == errc::broken_promise); // it went with the continuation
  CHECK(system.ask(t.asker, incarnation_of(), patience) == 2);
}

TEST_CASE("a result that is not looked at fails the asker with what it held") {
  static constexpr row stop[] = {{category::corruption, action::stop}};
  pair t{[](int) { return answered(fail(category::corruption, "bad")); }, {.decisions = stop}};
  auto system = t.start();
  const act_later trusting{[to = t.other](subject& s) {
    promise<int> p;
    s.ask(to, question{1}, patience).then([p](result<int> r) { p.deliver(std::move(r).value()); });
    return p;
  }};
  CHECK(system.ask(t.asker, trusting, patience) == errc::broken_promise);
  CHECK(t.seen->steps.wait_for("/root/a: failed -> terminated (1)"));
  CHECK(t.seen->decisions.lines() == lines{"/root/a (1): stop"});
}

TEST_CASE("an ask of a stopped actor is answered at once") {
  static constexpr row stop[] = {{category::unknown, action::stop}};
  pair t{[](int) -> promise<int> { throw std::runtime_error("no more"); }};
  t.root = supervisor_spec{"root", one_for_one{}, {.decisions = stop}};
  t.other = t.root.child<helper>("helper", {}, {}, [](int) -> promise<int> { throw std::runtime_error("no more"); });
  t.asker = t.add("a");
  auto system = t.start();
  CHECK(system.ask(t.asker, t.pass_on(1), patience).error().failed());
  CHECK(t.seen->steps.wait_for("/root/helper: failed -> terminated (1)"));
  CHECK(system.ask(t.asker, t.pass_on(1), patience) == errc::stopped);
}

TEST_CASE("asks that wait while another continuation fails still end at their deadlines after a resume") {
  static constexpr row go_on[] = {{category::unknown, action::resume}};
  pair t{[](int) { return promise<int>{}; }, {.decisions = go_on, .resume_after_throw = true}};
  const auto silent = std::make_shared<std::vector<promise<int>>>();
  t.root = supervisor_spec{"root"};
  t.other = t.root.child<helper>("helper", {}, {}, [silent](int) { return silent->emplace_back(); });
  t.asker = t.add("a", {.decisions = go_on, .resume_after_throw = true});
  auto system = t.start();
  const act_later three{[to = t.other](subject& s) {
    promise<int> p;
    const auto left = std::make_shared<int>(3);
    for (int i = 0; i < 3; ++i) {
      s.ask(to, question{i}, 1ms)
          .then([](int) {},
                [p, left](const error&) {
                  if (--*left == 0) p.deliver(0);
                  throw std::runtime_error("each of them");
                });
    }
    return p;
  }};
  CHECK(system.ask(t.asker, three, patience) == 0);
  CHECK(system.ask(t.asker, incarnation_of(), patience) == 1);
  CHECK(t.seen->decisions.lines() == lines(3, "/root/a (1): resume"));
}

TEST_CASE("an ask through a narrowed handle needs only the message declared") {
  const ref_to<act> none;
  CHECK_FALSE(none);
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  const ref_to<act, note> narrow = a;
  const ref_to<note> narrower = narrow;
  CHECK(system.ask(narrow, answering(3), patience) == 3);
  send(narrower, note{1});
  CHECK(t.of("a").log.wait_for("note 1"));
  CHECK(narrower.path() == "/root/a");
}

TEST_CASE("the conversation of a request follows it through asks") {
  struct letter_watch final : observer {
    void dead_letter_made(const dead_letter& letter) override { correlations.write(std::to_string(letter.header.correlation)); }
    journal correlations;
  };
  const auto letters = std::make_shared<letter_watch>();
  pair t{[](int n) { return answered(n); }};
  auto gone = t.add("gone", {.mailbox = {.capacity = 1}});
  auto system = t.start({.observers = {letters}});
  const auto inside = std::make_shared<gate>();
  const auto until = std::make_shared<gate>();
  send(gone, perform{[=](subject&) {
         inside->open();
         until->pass();
       }});
  REQUIRE(inside->wait());
  send(gone, note{0}); // fills it
  // One turn sends, asks, and sends again in the turn of the answer: one conversation.
  const act_later talk{[to = t.other, gone](subject& s) {
    promise<int> p;
    send(gone, note{1});
    s.ask(to, question{1}, patience)
        .then(
            [p, gone](int n) {
              send(gone, note{2});
              p.deliver(n);
            },
            [](const error&) {});
    return p;
  }};
  CHECK(system.ask(t.asker, talk, patience) == 1);
  CHECK(system.ask(t.asker, talk, patience) == 1);
  until->open();
  const auto seen = letters->correlations.lines();
  REQUIRE(seen.size() == 4);
  CHECK(seen[0] == seen[1]);
  CHECK(seen[2] == seen[3]);
  CHECK(seen[0] != seen[2]);
}
