// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

using namespace otp;

namespace {

struct three : tree {
  explicit three(alys::strategy how) : tree(how), a(add("a")), b(add("b")), c(add("c")) { start(); }
  server_ref a, b, c;
};

} // namespace

// OTP Design Principles, Supervisor Behaviour, Restart Strategy: one_for_one - If a child process terminates, only that process is
// restarted.
TEST_CASE("one_for_one restarts only the process that terminated") {
  three t{alys::one_for_one{}};
  t.kill(t.b);
  CHECK(t.news() == lines{"b gone", "b init", "b continue"});
}

// OTP Design Principles, Supervisor Behaviour, Restart Strategy: one_for_all - If a child process terminates, all remaining child
// processes are terminated. Subsequently, all child processes, including the terminated one, are restarted.
TEST_CASE("one_for_all terminates all others and then restarts all") {
  three t{alys::one_for_all{}};
  t.kill(t.b);
  CHECK(t.news() == lines{"c terminate", "c gone", "b gone", "a terminate", "a gone", "a init", "a continue", "b init", "b continue",
                          "c init", "c continue"});
}

// OTP Design Principles, Supervisor Behaviour, Restart Strategy: rest_for_one - the child processes after the terminated process in
// start order are terminated. Subsequently, the terminated child process and the remaining child processes are restarted.
TEST_CASE("rest_for_one terminates and restarts those after the one that terminated") {
  three t{alys::rest_for_one{}};
  t.kill(t.b);
  CHECK(t.news() == lines{"c terminate", "c gone", "b gone", "b init", "b continue", "c init", "c continue"});
}

// OTP Design Principles, Supervisor Behaviour, Simplified one_for_one Supervisors: all children are dynamically added instances of the
// same process, and are restarted one for one.
TEST_CASE("simple_one_for_one restarts instances of one template each for itself") {
  crowd t;
  const auto first = t.start_child("1").value();
  const auto second = t.start_child("2").value();
  t.kill(first);
  CHECK(t.life(first) == 2u);
  CHECK(t.life(second) == 1u);
}

// supervisor (stdlib), Supervision Principles: A supervisor can have ... other supervisors as children: a supervisor that terminates is
// restarted with all below it.
TEST_CASE("a supervisor that terminates is restarted with all below it") {
  tree t;
  auto& below = t.t.root().supervisor("below", alys::one_for_one{.restarts = 0});
  const auto a = t.add(below, "a");
  t.add(below, "b");
  t.start();
  t.kill(a);
  CHECK(t.news() == lines{"a gone", "b terminate", "b gone", "a init", "a continue", "b init", "b continue"});
}

// OTP Design Principles, Supervisor Behaviour, Maximum Restart Intensity: the next higher-level supervisor takes some action. It either
// restarts the terminated supervisor or terminates itself - whatever the strategy of the one that gave up.
TEST_CASE("whatever the strategy a supervisor that gives up is put to the next one") {
  const auto how =
      GENERATE(as<alys::strategy>{}, alys::one_for_one{.restarts = 0}, alys::one_for_all{.restarts = 0}, alys::rest_for_one{.restarts = 0});
  tree t{alys::one_for_one{.restarts = 1}};
  auto& below = t.t.root().supervisor("below", how);
  const auto a = t.add(below, "a");
  const auto b = t.add(below, "b");
  t.start();
  t.kill(a);
  CHECK(t.life(a) == 2u);
  CHECK(t.life(b) == 2u);
  t.kill(b);
  CHECK(t.over());
}

// supervisor (stdlib), Supervision Principles: the restart strategy ... applied by a supervisor on the level above decides whom the
// restart of a supervisor concerns.
TEST_CASE("a supervisor that gives up takes its siblings along where the strategy above says so") {
  tree t{alys::one_for_all{}};
  const auto first = t.add("first");
  auto& below = t.t.root().supervisor("below", alys::one_for_one{.restarts = 0});
  const auto a = t.add(below, "a");
  const auto last = t.add("last");
  t.start();
  t.kill(a);
  CHECK(t.life(first) == 2u);
  CHECK(t.life(a) == 2u);
  CHECK(t.life(last) == 2u);
}
