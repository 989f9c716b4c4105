// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

using namespace otp;
using alys::auto_shutdown;
using alys::child_kind;

namespace {

// /bench/sup with significant children a and b and another one, and a neighbour that shows whether the rest goes on.
struct company : tree {
  explicit company(auto_shutdown when, child_kind kind = child_kind::transient, alys::strategy how = alys::one_for_one{})
      : sup(t.root().supervisor("sup", how, {.kind = child_kind::transient, .auto_shutdown = when})),
        a(add(sup, "a", {.kind = kind, .significant = true})),
        b(add(sup, "b", {.kind = kind, .significant = true})),
        other(add(sup, "other")),
        neighbour(add("neighbour")) {
    start();
  }
  [[nodiscard]] bool shut_down() { return find(t.tree(), "/bench/sup")->state == alys::lifecycle_state::terminated; }
  alys::supervisor_spec& sup;
  server_ref a, b, other, neighbour;
};

} // namespace

// OTP Design Principles, Supervisor Behaviour, Automatic Shutdown: any_significant - The supervisor will automatically shut itself down
// when any significant child terminates.
TEST_CASE("any_significant shuts the supervisor down with the first significant child that terminates") {
  company t{auto_shutdown::any_significant};
  t.exit(t.b);
  CHECK(t.shut_down());
  CHECK(t.news() == lines{"b terminate", "b gone", "other terminate", "other gone", "a terminate", "a gone"});
  CHECK(t.alive(t.neighbour));
}

// OTP Design Principles, Supervisor Behaviour, Automatic Shutdown: all_significant - The supervisor will automatically shut itself down
// when all significant children have terminated.
TEST_CASE("all_significant shuts the supervisor down with the last significant child that terminates") {
  company t{auto_shutdown::all_significant};
  t.exit(t.a);
  CHECK_FALSE(t.shut_down());
  t.exit(t.b);
  CHECK(t.shut_down());
}

// OTP Design Principles, Supervisor Behaviour, Automatic Shutdown: children that are not significant shut nothing down.
TEST_CASE("a child that is not significant does not shut its supervisor down") {
  tree t;
  auto& sup = t.t.root().supervisor("sup", alys::one_for_one{}, {.kind = child_kind::transient});
  const auto a = t.add(sup, "a", {.kind = child_kind::transient});
  t.start();
  t.exit(a);
  CHECK(find(t.t.tree(), "/bench/sup")->state == alys::lifecycle_state::running);
}

// supervisor (stdlib), child_spec significant: A significant transient child terminating normally; one that terminates abnormally is
// restarted, and that shuts nothing down.
TEST_CASE("a transient significant child that is restarted does not shut its supervisor down") {
  company t{auto_shutdown::any_significant};
  t.kill(t.a);
  CHECK(t.life(t.a) == 2u);
  CHECK_FALSE(t.shut_down());
}

// supervisor (stdlib), child_spec significant: a significant temporary child terminating counts normally or abnormally.
TEST_CASE("a temporary significant child shuts its supervisor down however it terminates") {
  const bool abnormally = GENERATE(false, true);
  company t{auto_shutdown::any_significant, child_kind::temporary};
  if (abnormally) t.kill(t.a);
  else t.exit(t.a);
  CHECK(t.shut_down());
}

// supervisor (stdlib), child_spec significant: permanent children are not allowed to be significant: start fails.
TEST_CASE("a permanent child cannot be significant") {
  tree t;
  t.add("a", {.kind = child_kind::permanent, .significant = true});
  CHECK_THROWS_WITH(t.t.start(), Catch::Contains("/bench/a: significant: a permanent child does not end by itself"));
}

// OTP Design Principles, Supervisor Behaviour, Automatic Shutdown: automatic shutdown is only triggered by significant children that
// terminate by themselves, not by terminate_child/2.
TEST_CASE("terminate_child of a significant child does not shut its supervisor down") {
  tree t;
  auto& sup = t.t.root().supervisor("sup", alys::one_for_one{}, {.kind = child_kind::transient});
  const auto children = sup.children<server>("w-{}", {.kind = child_kind::temporary, .significant = true});
  t.start();
  const auto child = children.start("1", {}, t.on, std::string{"1"}).value();
  t.t.run_until_idle();
  CHECK(children.stop(child));
  t.t.run_until_idle();
  CHECK_FALSE(t.alive(child));
  CHECK(find(t.t.tree(), "/bench/sup")->state == alys::lifecycle_state::running);
}

// OTP Design Principles, Supervisor Behaviour, Automatic Shutdown, likewise: a significant child that its supervisor terminates because a
// sibling died does not trigger it.
TEST_CASE("a sibling's death that terminates a significant child does not shut its supervisor down") {
  company t{auto_shutdown::any_significant, child_kind::temporary, alys::one_for_all{}};
  t.kill(t.other);
  CHECK_FALSE(t.alive(t.a));
  CHECK(t.life(t.other) == 2u);
  CHECK_FALSE(t.shut_down());
}

// OTP Design Principles, Supervisor Behaviour, Automatic Shutdown: a supervisor that is itself a significant child passes the shutdown on.
TEST_CASE("automatic shutdown goes up through significant supervisors") {
  tree t;
  auto& outer = t.t.root().supervisor("outer", alys::one_for_one{}, {.kind = child_kind::transient});
  auto& inner = outer.supervisor("inner", alys::one_for_one{}, {.kind = child_kind::transient, .significant = true});
  const auto a = t.add(inner, "a", {.kind = child_kind::transient, .significant = true});
  const auto beside = t.add(outer, "beside");
  const auto neighbour = t.add("neighbour");
  t.start();
  t.exit(a);
  CHECK_FALSE(t.alive(beside));
  CHECK(t.alive(neighbour));
}

// supervisor (stdlib), auto_shutdown: the supervisor exits with reason shutdown, which for a top supervisor is an orderly end.
TEST_CASE("automatic shutdown of the top supervisor is an end in order") {
  tree t;
  const auto a = t.add("a", {.kind = child_kind::transient, .significant = true});
  t.add("b");
  t.start();
  t.exit(a);
  CHECK(t.t.system().wait_for(0s) == alys::end_reason::finished);
  CHECK(t.news() == lines{"a terminate", "a gone", "b terminate", "b gone"});
}
