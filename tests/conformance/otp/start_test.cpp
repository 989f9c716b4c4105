// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

using namespace otp;

namespace {

// What the start of this tree fails with.
std::string start_failure(tree& t) {
  try {
    t.t.start();
  } catch (const alys::start_error& e) {
    return e.what();
  }
  return {};
}

} // namespace

// OTP Design Principles, Supervisor Behaviour, Starting a Supervisor: children are started in the order of the child specifications.
TEST_CASE("children are started from left to right") {
  tree t;
  for (const char* name : {"a", "b", "c"}) t.add(name);
  t.t.start();
  CHECK(t.news() == lines{"a init", "a continue", "b init", "b continue", "c init", "c continue"});
}

// gen_server (stdlib), start_link: this function ... is synchronous: it does not return until Module:init/1 has returned, and the
// supervisor starts the next child then.
TEST_CASE("a child is started when init of the one before has returned") {
  tree t;
  t.add("a");
  t.add("b");
  t.on->init["a"] = [&] {
    CHECK(t.on->diary == lines{"a init"});
    return done_with();
  };
  t.t.start();
  CHECK(t.news() == lines{"a init", "a continue", "b init", "b continue"});
}

// supervisor (stdlib), start_link/2,3: If a child process start function fails or returns an error tuple ..., the supervisor first
// terminates all already started child processes with reason shutdown and then terminate itself.
TEST_CASE("a start that fails midway terminates in reverse what was started and starts nothing more") {
  tree t;
  for (const char* name : {"a", "b", "c", "d"}) t.add(name);
  t.on->init["c"] = [] { return done_with(alys::fail(alys::category::resource, "no room")); };
  CHECK(start_failure(t) == "/bench: /bench/c: no room");
  CHECK(t.news() ==
        lines{"a init", "a continue", "b init", "b continue", "c init", "c gone", "b terminate", "b gone", "a terminate", "a gone"});
}

// supervisor (stdlib), start_link/2,3, likewise of a supervisor among the children: what was started elsewhere in the tree goes too.
TEST_CASE("a start that fails further down takes back the whole tree") {
  tree t;
  t.add("a");
  auto& below = t.t.root().supervisor("below");
  t.add(below, "b");
  t.add(below, "c");
  t.on->init["c"] = [] { return done_with(alys::fail(alys::category::resource, "no room")); };
  CHECK(start_failure(t) == "/bench: /bench/below/c: no room");
  CHECK(t.news() ==
        lines{"a init", "a continue", "b init", "b continue", "c init", "c gone", "b terminate", "b gone", "a terminate", "a gone"});
}

// gen_server (stdlib), start option {timeout,Time}: the gen_server process is allowed to spend Time milliseconds initializing or it is
// terminated and the start function returns {error,timeout}.
TEST_CASE("a start that hangs ends with an error when its time is over") {
  tree t;
  t.add("a");
  t.add("b", {.initialize_within = 2s});
  t.on->init["b"] = t.on->hangs();
  CHECK(start_failure(t) == "/bench: /bench/b: errc::hook_timeout: initialize() did not finish within 2000 ms");
  CHECK(t.news() == lines{"a init", "a continue", "b init", "b gone", "a terminate", "a gone"});
}

// supervisor (stdlib), Supervision Principles: a restart that fails is tried again, and every attempt counts towards the intensity.
TEST_CASE("a restart whose init fails is tried again and each attempt counts") {
  tree t{alys::one_for_one{.restarts = 3, .within = 10s}};
  const auto a = t.add("a");
  t.start();
  int failures = 2;
  t.on->init["a"] = [&] { return failures-- > 0 ? done_with(alys::fail(alys::category::resource, "not yet")) : done_with(); };
  t.kill(a);
  CHECK(t.life(a) == 4u);
  CHECK(t.t.tree().restarts_in_window == 3);
  failures = 1'000;
  t.kill(a);
  CHECK(t.over());
}

// supervisor (stdlib), Supervision Principles: a restart that hangs is one that failed.
TEST_CASE("a restart that hangs is tried again when its time is over") {
  tree t;
  const auto a = t.add("a", {.initialize_within = 1s});
  t.start();
  int hangs = 1;
  t.on->init["a"] = [&] { return hangs-- > 0 ? t.on->never_done() : done_with(); };
  t.kill(a);
  CHECK(t.life(a) == alys::errc::deadline);
  t.t.advance(1s);
  CHECK(t.life(a) == 3u);
}

// supervisor (stdlib), start_link: the errors of start_link are errors of a specification too: {bad_start_spec, ...}, {duplicate_child_name,
// Name}.
TEST_CASE("a specification that cannot be is refused before anything runs") {
  tree t;
  t.add("a");
  t.add("a");
  CHECK(start_failure(t) == "/bench: two children are named \"a\"");
  CHECK(t.news().empty());
}
