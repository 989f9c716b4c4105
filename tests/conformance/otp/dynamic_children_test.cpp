// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

using namespace otp;
using alys::child_kind;

// OTP Design Principles, Supervisor Behaviour, Adding a Child Process: dynamic child processes can be added to an existing supervisor by
// calling supervisor:start_child(Sup, ChildSpec).
TEST_CASE("start_child adds a child to a supervisor that runs") {
  crowd t;
  t.start();
  const auto child = t.start_child("1").value();
  CHECK(t.life(child) == 1u);
  CHECK(find(t.t.tree(), "/bench/w-1") != nullptr);
}

// supervisor (stdlib), start_child/2: If there already is a child specification with the specified identifier ... the function returns
// {error,already_present} or {error,{already_started,Child}}.
TEST_CASE("start_child under a name that is taken is an error") {
  crowd t;
  CHECK(t.start_child("1"));
  CHECK(t.start_child("1") == alys::errc::already_exists);
}

// supervisor (stdlib), start_child/2: the child is supervised from then on like any other.
TEST_CASE("a child that was added is restarted by its type and counts towards the intensity") {
  crowd t{{}, alys::one_for_one{.restarts = 1}};
  const auto child = t.start_child("1").value();
  t.kill(child);
  CHECK(t.life(child) == 2u);
  t.kill(child);
  CHECK(t.over());
}

// OTP Design Principles, Supervisor Behaviour, Stopping a Child Process: Any child process, static or dynamic, can be stopped in
// accordance with the shutdown specification; supervisor (stdlib), terminate_child/2: it is not restarted, whatever its type.
TEST_CASE("terminate_child ends a child in order and it is not restarted") {
  crowd t{{.kind = child_kind::permanent}};
  const auto child = t.start_child("1").value();
  t.news();
  t.terminate_child(child);
  CHECK(t.news() == lines{"1 terminate", "1 gone"});
  CHECK(t.life(child) == alys::errc::stopped);
  t.t.advance(1h);
  CHECK(t.news().empty());
}

// supervisor (stdlib), terminate_child/2: the process, if any, is terminated with its shutdown time.
TEST_CASE("terminate_child waits no longer than the shutdown time") {
  crowd t{{.stop_within = 3s}};
  const auto child = t.start_child("1").value();
  t.on->terminate["1"] = t.on->hangs();
  t.news();
  t.terminate_child(child);
  CHECK(t.news() == lines{"1 terminate"});
  t.t.advance(3s);
  CHECK(t.news() == lines{"1 gone"});
}

// supervisor (stdlib), terminate_child/2: for a child that is unknown the function returns {error,not_found}: here nothing happens.
TEST_CASE("terminate_child of a child that has gone changes nothing") {
  crowd t;
  const auto child = t.start_child("1").value();
  t.terminate_child(child);
  t.news();
  t.terminate_child(child);
  CHECK(t.news().empty());
}

// supervisor (stdlib), delete_child/2 and OTP Design Principles, Stopping a Child Process: The child specification for a stopped child
// process is deleted - of children of a template with the end of the child.
TEST_CASE("delete_child is part of the end of a child that was added") {
  crowd t;
  const auto child = t.start_child("1").value();
  CHECK(t.t.tree().children.size() == 1);
  t.terminate_child(child);
  CHECK(t.t.tree().children.empty());
}

// supervisor (stdlib), restart_child/2: a child that was terminated can be started again.
TEST_CASE("restart_child is to start one of the same name again") {
  crowd t;
  const auto first = t.start_child("1").value();
  t.terminate_child(first);
  const auto second = t.start_child("1").value();
  CHECK(t.life(second) == 1u);
  CHECK(t.life(first) == alys::errc::stopped); // the old handle stays that of the old child
}

// supervisor (stdlib), which_children/1 and count_children/1: a supervisor tells who its children are.
TEST_CASE("count_children is the tree as it is seen from outside") {
  crowd t{{.kind = child_kind::temporary}};
  std::vector<server_ref> all;
  for (const char* name : {"1", "2", "3"}) all.push_back(t.start_child(name).value());
  CHECK(t.t.tree().children.size() == 3);
  t.exit(all[1]);
  t.kill(all[2]);
  REQUIRE(t.t.tree().children.size() == 1);
  CHECK(t.t.tree().children[0].name == "w-1");
}

// OTP Design Principles, Supervisor Behaviour, Simplified one_for_one Supervisors: at the end of the supervisor all its dynamic children
// end too.
TEST_CASE("children that were added end with their supervisor") {
  crowd t;
  for (const char* name : {"1", "2", "3"}) CHECK(t.start_child(name));
  t.news();
  CHECK(t.t.shutdown().in_time);
  CHECK(t.news() == lines{"3 terminate", "3 gone", "2 terminate", "2 gone", "1 terminate", "1 gone"});
}

// OTP Design Principles, Supervisor Behaviour, Adding a Child Process: Child processes added using start_child/2 are lost if the
// supervisor crashes and is re-created. Here they come back: their handles promise that.
TEST_CASE("children that were added come back with their supervisor where those of OTP are lost") {
  tree t;
  auto& below = t.t.root().supervisor("below", alys::one_for_one{.restarts = 0});
  const auto children = below.children<server>("w-{}");
  t.start();
  const auto first = children.start("1", {}, t.on, std::string{"1"}).value();
  const auto second = children.start("2", {}, t.on, std::string{"2"}).value();
  t.t.run_until_idle();
  t.kill(first);
  CHECK(t.life(first) == 2u);
  CHECK(t.life(second) == 2u);
}

// supervisor (stdlib), start_child/2: If the child process start function returns an error ..., the function returns {error,...}: here
// start() does not wait for it, and a start that fails is one more failure of the child.
TEST_CASE("start_child does not wait and a start that fails is tried again by the child's policy") {
  crowd t;
  t.start();
  int failures = 1;
  t.on->init["1"] = [&] { return failures-- > 0 ? done_with(alys::fail(alys::category::resource, "no room")) : done_with(); };
  const auto child = t.start_child("1");
  REQUIRE(child);
  CHECK(t.life(*child) == 2u);
}
