// SPDX-License-Identifier: Apache-2.0
//
// One actor and its slot: the order of its hooks, what it answers, and what it is after a failure.
#include "support/actors/tree.hpp"

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// A tree of one subject.
struct solo : tree {
  explicit solo(child_options options = {}) : slot(add("a", std::move(options))), log(scripts["a"]) {}
  ref<subject> slot;
  script_ptr log;
};

} // namespace

TEST_CASE("hooks run in their order and each life has its own object") {
  solo t;
  auto system = t.start();
  CHECK(system.ask(t.slot, answering(7), patience) == 7);
  CHECK(system.shutdown(patience).in_time);
  CHECK(t.log->log.lines() == lines{"construct", "initialize", "started", "stopping", "stopped", "destroy"});
  CHECK(t.seen->steps.lines() == lines{
                                     "/root/a: initializing -> running (1)",
                                     "/root: initializing -> running (1)",
                                     "/root: running -> stopping (1)",
                                     "/root/a: running -> stopping (1)",
                                     "/root/a: stopping -> stopped (1)",
                                     "/root/a: stopped -> terminated (1)",
                                     "/root: stopping -> stopped (1)",
                                     "/root: stopped -> terminated (1)",
                                 });
}

TEST_CASE("an actor whose handler throws answers with the failure and is built anew behind the same handle") {
  solo t;
  auto system = t.start();
  const auto failed = system.ask(t.slot, throwing(), patience);
  CHECK(failed.error().failed());
  CHECK(failed.error().text() == "thrown");
  CHECK(system.ask(t.slot, incarnation_of(), patience) == 2);
  CHECK(t.log->log.lines() == lines{"construct", "initialize", "started", "destroy", "construct", "initialize", "started"});
  CHECK(t.seen->decisions.lines() == lines{"/root/a (1): restart"});
}

TEST_CASE("a failure that is returned restarts too and a refusal is only an answer") {
  solo t;
  auto system = t.start();
  const auto refused = system.ask(t.slot, failing(refuse(errc::out_of_range, "too far")), patience);
  CHECK(refused == errc::out_of_range);
  CHECK(refused.error().refused());
  CHECK(system.ask(t.slot, incarnation_of(), patience) == 1);
  CHECK(system.ask(t.slot, failing(fail(category::network, "no route")), patience).error().category() == category::network);
  CHECK(system.ask(t.slot, incarnation_of(), patience) == 2);
}

TEST_CASE("a handler that returns an error which is none refuses and says so") {
  solo t;
  auto system = t.start();
  const auto answer = system.ask(t.slot, failing(error{}), patience);
  CHECK(answer == errc::empty_error);
  CHECK(answer.error().message() == "errc::empty_error: the handler returned an error that is none");
  CHECK(system.ask(t.slot, incarnation_of(), patience) == 1);
}

TEST_CASE("something thrown that is no std::exception is a failure like any other") {
  solo t;
  auto system = t.start();
  const act odd{[](subject&) -> result<int> { throw 42; }};
  CHECK(system.ask(t.slot, odd, patience) == errc::unknown_exception);
  CHECK(system.ask(t.slot, incarnation_of(), patience) == 2);
}

TEST_CASE("a resumed actor keeps its object and handles what waited") {
  static constexpr row resume_all[] = {{category::timeout, action::resume}};
  solo t{{.decisions = resume_all}};
  auto system = t.start();
  CHECK(system.ask(t.slot, failing(fail(category::timeout, "late")), patience).error().failed());
  CHECK(system.ask(t.slot, incarnation_of(), patience) == 1);
  CHECK(t.log->log.lines() == lines{"construct", "initialize", "started"});
}

TEST_CASE("after a throw an actor resumes only if it says that it may") {
  static constexpr row resume_all[] = {{category::unknown, action::resume}};
  const bool may = GENERATE(true, false);
  solo t{{.decisions = resume_all, .resume_after_throw = may}};
  auto system = t.start();
  CHECK(system.ask(t.slot, throwing(), patience).error().failed());
  CHECK(system.ask(t.slot, incarnation_of(), patience) == (may ? 1 : 2));
}

TEST_CASE("what is sent before the tree starts waits for its start") {
  solo t;
  send(t.slot, note{1});
  send(t.slot, note{2});
  auto system = t.start();
  CHECK(system.ask(t.slot, answering(0), patience) == 0);
  CHECK(t.log->log.lines() == lines{"construct", "initialize", "started", "note 1", "note 2"});
}

TEST_CASE("a handle outlives its system and turns away what is sent to it") {
  solo t;
  { auto system = t.start(); }
  send(t.slot, note{1});
  CHECK(try_send(t.slot, note{2}) == errc::stopped);
  CHECK(t.slot.path() == "/root/a");
  CHECK(t.seen->dead_letters.lines() == lines{"alys::test::note to /root/a: receiver stopped"});
}

TEST_CASE("an empty handle throws and says so") {
  const ref<subject> empty;
  CHECK_FALSE(empty);
  CHECK(empty.path().empty());
  CHECK_THROWS_WITH(send(empty, note{1}), "alys: an empty handle was used");
  CHECK_THROWS_WITH((void)try_send(empty, note{1}), "alys: an empty handle was used");
  solo t;
  auto system = t.start();
  CHECK_THROWS_WITH((void)system.ask(ref<subject>{}, answering(1), patience), "alys: an empty handle was used");
}

TEST_CASE("an actor cannot be built outside a tree nor inside another actor") {
  CHECK_THROWS_AS(subject(std::make_shared<script>()), std::logic_error);
  solo t;
  t.log->construct = [](subject&) { const subject inner(std::make_shared<script>()); };
  CHECK_THROWS_WITH(t.start(), Catch::Contains("/root/a") && Catch::Contains("built by its supervisor only"));
}

TEST_CASE("an actor that finishes by itself is started again if it is permanent") {
  solo t;
  auto system = t.start();
  const act finish{[](subject& s) {
    s.finish();
    return 1;
  }};
  CHECK(system.ask(t.slot, finish, patience) == 1);
  CHECK(system.ask(t.slot, incarnation_of(), patience) == 2);
  CHECK(t.log->log.lines() ==
        lines{"construct", "initialize", "started", "stopping", "stopped", "destroy", "construct", "initialize", "started"});
}

TEST_CASE("asks and timers from a destructor do no harm") {
  solo t;
  subject* alive = nullptr;
  t.log->construct = [&](subject& s) { alive = &s; };
  t.log->destroyed = [&] {
    CHECK_NOTHROW(alive->after(1ms, note{1}));
    send(t.slot, note{2});
  };
  auto system = t.start();
  CHECK(system.shutdown(patience).in_time);
  CHECK(t.log->log.count("note 2") == 0);
}

TEST_CASE("asks and timers are made in the actor's own turn") {
  solo t;
  subject* other = nullptr;
  t.log->initialize = [&](subject& s) -> result<void> {
    other = &s;
    return {};
  };
  auto system = t.start();
  CHECK_THROWS_AS(other->after(1s, note{1}), std::logic_error);
}
