// SPDX-License-Identifier: Apache-2.0
//
// Children whose end ends their supervisor.
#include "support/actors/flaky.hpp"

#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

constexpr auto transient = child_kind::transient;
constexpr auto temporary = child_kind::temporary;

// /bench/team, of two significant children and another, and a stranger beside it.
struct company {
  explicit company(auto_shutdown when, child_kind kind = transient, strategy how = one_for_one{})
      : team(t.root().supervisor("team", how, {.kind = transient, .auto_shutdown = when})),
        a(team.child<flaky>("a", {}, {.kind = kind, .significant = true})),
        b(team.child<flaky>("b", {}, {.kind = kind, .significant = true})),
        other(team.child<flaky>("other", {}, {.kind = transient})),
        stranger(t.root().child<flaky>("stranger")) {
    t.start();
  }
  void finish(const ref<flaky>& who) {
    CHECK(t.ask(who, leave{}));
    t.run_until_idle();
  }
  [[nodiscard]] bool over() { return find(t.tree(), "/bench/team")->state == lifecycle_state::terminated; }
  testkit::bench t;
  supervisor_spec& team;
  ref<flaky> a, b, other, stranger;
};

// Has done its work as soon as it is up.
class brief final : public actor<brief> {
public:
  using messages = accepts<ping>;
  void started() { finish(); }
  std::uint32_t handle(const ping&) { return incarnation(); }
};

} // namespace

TEST_CASE("any_significant: the first significant child that ends takes its supervisor with it") {
  company t{auto_shutdown::any_significant};
  t.finish(t.other);
  CHECK_FALSE(t.over());
  t.finish(t.b);
  CHECK(t.over());
  CHECK(t.t.ask(t.a, ping{}) == errc::stopped);
  CHECK(t.t.ask(t.stranger, ping{}) == 1u);
  CHECK(t.t.system().ready()); // it ended as it should
}

TEST_CASE("all_significant: the last significant child that ends takes its supervisor with it") {
  company t{auto_shutdown::all_significant};
  t.finish(t.b);
  CHECK_FALSE(t.over());
  CHECK(t.t.ask(t.a, ping{}) == 1u);
  t.finish(t.a);
  CHECK(t.over());
}

TEST_CASE("a transient significant child that fails is restarted and ends nobody") {
  company t{auto_shutdown::any_significant};
  CHECK(t.t.ask(t.a, crash{}).error().failed());
  CHECK(t.t.ask(t.a, ping{}) == 2u);
  CHECK_FALSE(t.over());
}

TEST_CASE("a temporary significant child ends its supervisor by a failure too") {
  company t{auto_shutdown::any_significant, temporary};
  CHECK(t.t.ask(t.a, crash{}).error().failed());
  t.t.run_until_idle();
  CHECK(t.over());
}

TEST_CASE("a significant child that somebody else ends does not end its supervisor") {
  testkit::bench t;
  auto& team = t.root().supervisor("team", one_for_all{}, {.kind = transient});
  const auto hired = team.children<flaky>("w-{}", {.kind = temporary, .significant = true});
  const auto sibling = team.child<flaky>("sibling");
  t.start();
  const auto first = hired.start("1", {}).value();
  const auto second = hired.start("2", {}).value();
  t.run_until_idle();
  CHECK(hired.stop(first)); // dismissed
  t.run_until_idle();
  CHECK(t.ask(second, ping{}) == 1u);
  CHECK(t.ask(sibling, crash{}).error().failed()); // a temporary sibling goes down with its group
  CHECK(t.ask(sibling, ping{}) == 2u);
  CHECK(t.ask(second, ping{}) == errc::stopped);
  const auto third = hired.start("3", {}).value();
  CHECK(t.ask(third, leave{}) == 1u);
  t.run_until_idle();
  CHECK(t.ask(sibling, ping{}) == errc::stopped);
}

TEST_CASE("a significant supervisor passes the end on") {
  testkit::bench t;
  auto& outer = t.root().supervisor("outer", one_for_one{}, {.kind = transient});
  auto& inner = outer.supervisor("inner", one_for_one{}, {.kind = transient, .significant = true});
  const auto a = inner.child<flaky>("a", {}, {.kind = transient, .significant = true});
  const auto beside = outer.child<flaky>("beside");
  t.start();
  CHECK(t.ask(a, leave{}) == 1u);
  t.run_until_idle();
  CHECK(t.ask(beside, ping{}) == errc::stopped);
  CHECK(find(t.tree(), "/bench/outer")->state == lifecycle_state::terminated);
  CHECK(t.system().wait_for(0s) == end_reason::none);
}

TEST_CASE("a significant child of the root ends the tree in order and that is no failure") {
  testkit::bench t;
  const auto job = t.child<flaky>({}, {.kind = transient, .significant = true});
  const auto beside = t.child<flaky>();
  CHECK(t.ask(job, leave{}) == 1u);
  CHECK(t.system().wait_for(1s) == end_reason::finished);
  CHECK(exit_code(end_reason::finished) == 0);
  CHECK(to_string(end_reason::finished) == "finished");
  CHECK_FALSE(t.system().end_cause());
  CHECK(t.ask(beside, ping{}) == errc::stopped);
  CHECK(t.shutdown().in_time);
}

TEST_CASE("a tree whose work is done before it is up has started and finished") {
  testkit::bench t;
  const auto b = t.child<brief>({}, {.kind = transient, .significant = true});
  t.start();
  CHECK(t.system().wait_for(1s) == end_reason::finished);
  CHECK(t.ask(b, ping{}) == errc::stopped);
}
