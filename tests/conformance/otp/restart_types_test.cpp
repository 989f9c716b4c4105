// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

using namespace otp;
using alys::child_kind;

// supervisor (stdlib), Supervision Principles, child_spec restart: A permanent child process is always restarted.
TEST_CASE("a permanent child is restarted after a failure and after a normal exit") {
  tree t;
  const auto a = t.add("a", {.kind = child_kind::permanent});
  t.start();
  t.kill(a);
  CHECK(t.life(a) == 2u);
  t.exit(a);
  CHECK(t.life(a) == 3u);
}

// supervisor (stdlib), Supervision Principles, child_spec restart: A transient child process is restarted only if it terminates
// abnormally, that is, with an exit reason other than normal, shutdown, or {shutdown,Term}.
TEST_CASE("a transient child is restarted after a failure and not after a normal exit") {
  tree t;
  const auto a = t.add("a", {.kind = child_kind::transient});
  t.start();
  t.kill(a);
  CHECK(t.life(a) == 2u);
  t.exit(a);
  CHECK(t.life(a) == alys::errc::stopped);
}

// supervisor (stdlib), Supervision Principles, child_spec restart: A temporary child process is never restarted.
TEST_CASE("a temporary child is restarted neither after a failure nor after a normal exit") {
  tree t;
  const auto a = t.add("a", {.kind = child_kind::temporary});
  const auto b = t.add("b", {.kind = child_kind::temporary});
  t.start();
  t.kill(a);
  t.exit(b);
  CHECK_FALSE(t.alive(a));
  CHECK_FALSE(t.alive(b));
  CHECK_FALSE(t.over());
}

// supervisor (stdlib), Supervision Principles, child_spec restart: a temporary child is not restarted even when the supervisor's restart
// strategy is rest_for_one or one_for_all and a sibling's death causes the temporary process to be terminated.
TEST_CASE("a temporary child that a sibling's death terminates is not restarted") {
  const auto how = GENERATE(as<alys::strategy>{}, alys::one_for_all{}, alys::rest_for_one{});
  tree t{how};
  const auto a = t.add("a");
  const auto b = t.add("b", {.kind = child_kind::temporary});
  const auto c = t.add("c", {.kind = child_kind::transient});
  t.start();
  t.kill(a);
  CHECK(t.news() == lines{"c terminate", "c gone", "b terminate", "b gone", "a gone", "a init", "a continue", "c init", "c continue"});
  CHECK_FALSE(t.alive(b));
  CHECK(t.life(c) == 2u);
}

// OTP Design Principles, Supervisor Behaviour, Maximum Restart Intensity: only restarts count; an end that is followed by none does not.
TEST_CASE("ends that are followed by no restart do not count") {
  tree t{alys::one_for_one{.restarts = 0}};
  t.add("keeper");
  const auto a = t.add("a", {.kind = child_kind::transient});
  const auto b = t.add("b", {.kind = child_kind::temporary});
  t.start();
  t.exit(a);
  t.kill(b);
  CHECK_FALSE(t.over());
}

// supervisor (stdlib), which_children/1: a temporary child that terminated is not kept in the list of children, others are.
TEST_CASE("a temporary child leaves the list of children when it ends and a transient one stays in it") {
  tree t;
  const auto a = t.add("a", {.kind = child_kind::transient});
  const auto b = t.add("b", {.kind = child_kind::temporary});
  t.start();
  t.exit(a);
  t.exit(b);
  const auto children = t.t.tree().children;
  REQUIRE(children.size() == 1);
  CHECK(children[0].name == "a");
  CHECK(children[0].state == alys::lifecycle_state::terminated);
}
