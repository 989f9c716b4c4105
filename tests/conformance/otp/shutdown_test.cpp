// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

using namespace otp;

// OTP Design Principles, Supervisor Behaviour, Stopping: it terminates all child processes in reversed start order according to the
// respective shutdown specifications before terminating itself.
TEST_CASE("children are terminated in reversed start order") {
  tree t;
  for (const char* name : {"a", "b", "c"}) t.add(name);
  t.start();
  CHECK(t.t.shutdown().in_time);
  CHECK(t.news() == lines{"c terminate", "c gone", "b terminate", "b gone", "a terminate", "a gone"});
}

// OTP Design Principles, Supervisor Behaviour, Stopping, of nested supervisors: each ends with its children before the next sibling.
TEST_CASE("a supervisor among the children ends with all below it before the sibling started before it") {
  tree t;
  t.add("a");
  auto& below = t.t.root().supervisor("below");
  t.add(below, "b");
  t.add(below, "c");
  t.add("d");
  t.start();
  CHECK(t.t.shutdown().in_time);
  CHECK(t.news() == lines{"d terminate", "d gone", "c terminate", "c gone", "b terminate", "b gone", "a terminate", "a gone"});
}

// supervisor (stdlib), child_spec shutdown: the supervisor tells the child process to terminate by calling exit(Child,shutdown) and then
// wait for an exit signal with reason shutdown back from the child process.
TEST_CASE("the next child is terminated when the one before it has gone") {
  tree t{alys::one_for_all{}};
  const auto a = t.add("a");
  t.add("b", {.stop_within = 5s});
  t.start();
  alys::promise<void> finished;
  t.on->terminate["b"] = [&] { return finished; };
  t.kill(a);
  t.t.advance(4s);
  CHECK(t.news() == lines{"b terminate"});
  finished.deliver();
  t.t.run_until_idle();
  CHECK(t.news() == lines{"b gone", "a gone", "a init", "a continue", "b init", "b continue"});
}

// supervisor (stdlib), child_spec shutdown: If no exit signal is received within the specified number of milliseconds, the child process
// is unconditionally terminated using exit(Child,kill).
TEST_CASE("a child that does not end within its shutdown time is ended and the others follow") {
  tree t;
  t.add("a");
  t.add("b", {.stop_within = 2s});
  t.start();
  t.on->terminate["b"] = t.on->hangs();
  const auto begun = t.t.now();
  CHECK(t.t.shutdown({.deadline = 10s}).in_time);
  CHECK(t.t.now() - begun == 2s);
  CHECK(t.news() == lines{"b terminate", "b gone", "a terminate", "a gone"});
}

// supervisor (stdlib), child_spec shutdown: brutal_kill means that the child process is unconditionally terminated using
// exit(Child,kill): here a time that is as good as none.
TEST_CASE("brutal_kill is a shutdown time as good as none") {
  tree t;
  t.add("a", {.stop_within = 1ms});
  t.start();
  t.on->terminate["a"] = t.on->hangs();
  const auto begun = t.t.now();
  CHECK(t.t.shutdown({.deadline = 10s}).in_time);
  CHECK(t.t.now() - begun == 1ms);
  CHECK(t.news() == lines{"a terminate", "a gone"});
}

// supervisor (stdlib), child_spec shutdown: If the child process is another supervisor, the shutdown time must be set to infinity to give
// the subtree ample time to shut down.
TEST_CASE("a supervisor among the children has the time that all below it need together") {
  tree t;
  t.add("a");
  auto& below = t.t.root().supervisor("below");
  for (const char* name : {"b", "c", "d"}) {
    t.add(below, name, {.stop_within = 4s});
    t.on->terminate[name] = t.on->hangs();
  }
  t.start();
  const auto begun = t.t.now();
  CHECK(t.t.shutdown({.deadline = 60s}).in_time);
  CHECK(t.t.now() - begun == 12s);
  CHECK(t.news() == lines{"d terminate", "d gone", "c terminate", "c gone", "b terminate", "b gone", "a terminate", "a gone"});
}

// OTP Design Principles, Supervisor Behaviour, Restart Strategy: a group that is restarted is terminated in order as well, with its
// shutdown times.
TEST_CASE("shutdown times hold in the restart of a group too") {
  tree t{alys::one_for_all{}};
  const auto a = t.add("a");
  t.add("b", {.stop_within = 2s});
  t.start();
  t.on->terminate["b"] = t.on->hangs();
  t.kill(a);
  CHECK(t.news() == lines{"b terminate"});
  t.t.advance(2s);
  CHECK(t.news() == lines{"b gone", "a gone", "a init", "a continue", "b init", "b continue"});
}

// gen_server (stdlib), Module:terminate/2: if the gen_server is part of a supervision tree and is ordered by its supervisor to
// terminate: what is in the mailbox then is not handled any more.
TEST_CASE("what waits in the mailbox of a child that is terminated is answered with an error") {
  crowd t;
  const auto a = t.start_child("1").value();
  t.news();
  const auto waiting = t.t.ask_later(a, later{});
  t.t.run_until_idle();
  t.terminate_child(a);
  auto answer = waiting;
  CHECK(answer.take() == alys::errc::stopped);
}
