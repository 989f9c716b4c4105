// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

using namespace otp;

// OTP Design Principles, Supervisor Behaviour, Maximum Restart Intensity: If more than MaxR number of restarts occur in the last MaxT
// seconds, the supervisor terminates all the child processes and then itself.
TEST_CASE("more than MaxR restarts within MaxT end all children and the supervisor") {
  tree t{alys::one_for_one{.restarts = 2, .within = 10s}};
  const auto a = t.add("a");
  t.add("b");
  t.start();
  t.kill(a);
  t.kill(a);
  CHECK(t.life(a) == 3u);
  t.news();
  t.kill(a);
  CHECK(t.over());
  CHECK(t.news() == lines{"a gone", "b terminate", "b gone"});
  CHECK(t.t.system().wait_for(0s) == alys::end_reason::budget_exhausted);
}

// OTP Design Principles, Supervisor Behaviour, Maximum Restart Intensity: restarts count in the last MaxT seconds.
TEST_CASE("restarts longer ago than MaxT do not count") {
  tree t{alys::one_for_one{.restarts = 1, .within = 10s}};
  const auto a = t.add("a");
  t.start();
  for (std::uint32_t life = 2; life < 20; ++life) {
    t.kill(a);
    REQUIRE(t.life(a) == life);
    t.t.advance(10s + 1ns);
  }
  t.kill(a);
  t.t.advance(10s); // not longer ago
  t.kill(a);
  CHECK(t.over());
}

// supervisor (stdlib), Supervision Principles: To prevent a supervisor from getting into an infinite loop of child process terminations
// and restarts: the intensity is the supervisor's, over all its children.
TEST_CASE("restarts of all children count together") {
  tree t{alys::one_for_one{.restarts = 2, .within = 10s}};
  const auto a = t.add("a");
  const auto b = t.add("b");
  const auto c = t.add("c");
  t.start();
  t.kill(a);
  t.kill(b);
  CHECK_FALSE(t.over());
  t.kill(c);
  CHECK(t.over());
}

// OTP Design Principles, Supervisor Behaviour, Maximum Restart Intensity: what counts is a restart, not how many processes it concerns.
TEST_CASE("a restart of a whole group counts once") {
  tree t{alys::one_for_all{.restarts = 2, .within = 10s}};
  const auto a = t.add("a");
  for (const char* name : {"b", "c", "d"}) t.add(name);
  t.start();
  t.kill(a);
  t.kill(a);
  CHECK(t.life(a) == 3u);
}

// OTP Design Principles, Supervisor Behaviour, Maximum Restart Intensity: a restarted supervisor is a new process, of which nothing is
// counted yet.
TEST_CASE("a restarted supervisor counts from nothing") {
  tree t{alys::one_for_one{.restarts = 5, .within = 10s}};
  auto& below = t.t.root().supervisor("below", alys::one_for_one{.restarts = 1, .within = 1h});
  const auto a = t.add(below, "a");
  t.start();
  for (int i = 0; i < 8; ++i) t.kill(a); // each second one restarts the supervisor
  CHECK(t.life(a) == 9u);
  CHECK(find(t.t.tree(), "/bench/below")->incarnation == 5);
}

// OTP Design Principles, Supervisor Behaviour, Maximum Restart Intensity: an intensity of 0 allows no restart.
TEST_CASE("with MaxR 0 the first failure ends the supervisor") {
  tree t{alys::one_for_one{.restarts = 0}};
  const auto a = t.add("a");
  t.start();
  t.kill(a);
  CHECK(t.over());
}

// OTP Design Principles, Supervisor Behaviour, Tuning the Intensity and Period: the burst - what comes at once counts as what is spread
// over the period.
TEST_CASE("a burst of MaxR restarts at once is borne") {
  tree t{alys::one_for_one{.restarts = 10, .within = 100s}};
  const auto a = t.add("a");
  t.start();
  for (int i = 0; i < 10; ++i) t.kill(a);
  CHECK(t.life(a) == 11u);
  t.t.advance(99s);
  t.kill(a);
  CHECK(t.over());
}

// OTP Design Principles, Supervisor Behaviour, Tuning the Intensity and Period: if you have many levels ... the total number of restarts
// ... is the product of the intensity values of all the supervisors above.
TEST_CASE("intensities of several levels multiply") {
  tree t{alys::one_for_one{.restarts = 2, .within = 1h}};
  auto& one = t.t.root().supervisor("one", alys::one_for_one{.restarts = 2, .within = 1h});
  const auto a = t.add(one, "a");
  t.start();
  int restarts = 0;
  for (; !t.over(); ++restarts) t.kill(a);
  CHECK(restarts - 1 == (2 + 1) * (2 + 1) - 1);
}
