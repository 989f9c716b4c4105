// SPDX-License-Identifier: Apache-2.0
//
// Planned faults, each as an actor of production would meet it.
#include "unit/testkit/bank.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace alys::testkit;
using bank::audit_log;
using bank::balance_of;
using bank::closed;
using bank::deposit;
using bank::ledger;
using bank::note;

namespace {

// A ledger whose audit log always agrees.
struct desk {
  bench t{bench_options{.how = alys::one_for_one{.restarts = 100, .within = 60s}}};
  probe<audit_log> audit = t.stand_in<audit_log>();
  alys::ref<ledger> book = t.child<ledger>({}, {}, audit.get());
  alys::result<std::uint64_t> add(std::uint64_t amount, std::chrono::nanoseconds within = {}) {
    return t.ask(book, deposit{"alice", amount}, within);
  }
};

struct name_of {
  using reply = std::string;
};
ALYS_MESSAGE(name_of)

// Comes and goes at run time.
class guest final : public alys::actor<guest> {
public:
  using messages = alys::accepts<name_of>;
  std::string handle(const name_of&) { return path(); }
};

} // namespace

TEST_CASE("the nth message and those after it are befallen and the others are not") {
  desk d;
  d.t.inject(d.book, {.nth = 2, .times = 2});
  CHECK(d.add(1) == 1u);
  CHECK(d.add(1).error().failed());
  CHECK(d.add(1).error().failed());
  CHECK(d.add(1) == 1u);
  CHECK(d.t.restarts(d.book) == 2);
}

TEST_CASE("a plan for one type of message leaves the others alone") {
  desk d;
  d.t.inject<balance_of>(d.book, {.times = 1});
  CHECK(d.add(1) == 1u);
  CHECK(d.t.ask(d.book, balance_of{"alice"}).error().failed());
  CHECK(d.t.ask(d.book, balance_of{"alice"}) == bank::denied::no_such_account);
}

TEST_CASE("a planned failure is decided about by its code and category") {
  desk d;
  d.t.fail_next(d.book, alys::fail(alys::category::timeout, "slow disk"));
  CHECK(d.add(1).error().text() == "slow disk");
  CHECK(d.t.seen().decisions_about("/bench/ledger") == std::vector{alys::action::resume});
  CHECK(d.t.incarnation(d.book) == 1);
}

TEST_CASE("planned exceptions come out of the handler") {
  desk d;
  d.t.inject(d.book, {.effect = throws{"broken"}});
  d.t.inject(d.book, {.nth = 2, .effect = throws_something_else{}});
  CHECK(d.add(1).error().text() == "broken");
  CHECK(d.add(1) == alys::errc::unknown_exception);
  const auto failures = d.t.seen().failures();
  REQUIRE(failures.size() == 2);
  CHECK(failures.front().what.source == alys::failure_source::thrown);
  CHECK(failures.back().what.source == alys::failure_source::thrown);
}

TEST_CASE("while one handler takes its time the others go on") {
  desk d;
  d.t.inject<note>(d.audit.get(), {.times = 2, .effect = takes{300ms}});
  d.t.inject<balance_of>(d.book, {.effect = takes{100ms}});
  d.t.send(d.book, deposit{"alice", 1});
  d.t.run_until_idle();
  CHECK(d.t.ask(d.book, balance_of{"alice"}, 1s) == bank::denied::no_such_account); // at 100 ms the audit log is still at it
  CHECK(d.t.now() == 100ms);
  d.t.advance(200ms);
  CHECK(d.t.ask(d.book, balance_of{"alice"}) == 1u);
  CHECK(d.add(1, 1s) == 2u);
  CHECK(d.t.now() == 600ms);
}

TEST_CASE("a bench ends although handlers take their time without end") {
  desk d;
  d.t.inject(d.book, {.times = std::numeric_limits<std::uint64_t>::max(), .effect = takes{std::chrono::nanoseconds::max()}});
  for (int i = 0; i < 3; ++i) d.t.send(d.book, closed{"alice"});
  d.t.advance(std::chrono::nanoseconds::max());
  CHECK(d.t.node(d.book).messages.handled == 1); // a century is as long as anybody waits
  d.t.advance(std::chrono::nanoseconds::max());
  d.t.advance(std::chrono::nanoseconds::max());
  d.t.advance(std::chrono::nanoseconds::min());
  CHECK(d.t.now() > 0ns);
}

TEST_CASE("a slow actor handles nothing else meanwhile") {
  desk d;
  d.t.inject(d.book, {.effect = takes{1s}});
  d.t.send(d.book, closed{"alice"});
  d.t.send(d.book, closed{"bob"});
  d.t.advance(999ms);
  CHECK(d.t.node(d.book).normal.depth == 1);
  CHECK(d.t.node(d.book).busy_for == 999ms);
  d.audit.none<closed>();
  d.t.advance(1ms);
  CHECK(d.audit.expect<closed>().account == "alice");
  CHECK(d.audit.expect<closed>().account == "bob");
}

TEST_CASE("a lost reply leaves its asker to its deadline and the work done") {
  desk d;
  d.t.inject(d.book, {.effect = loses_reply{}});
  CHECK(d.add(5, 10s) == alys::errc::deadline);
  CHECK(d.t.now() == 10s);
  CHECK(d.t.ask(d.book, balance_of{"alice"}) == 5u);
}

TEST_CASE("a planned failure of a start is met at the next one") {
  desk d;
  CHECK(d.add(1) == 1u);
  d.t.fail_next_start(d.book, alys::fail(alys::category::resource, "no memory"));
  d.t.fail_next(d.book);
  CHECK(d.add(1).error().failed());
  CHECK(d.t.incarnation(d.book) == 3);
  CHECK(d.t.node(d.book).failures.back().what.text() == "no memory");
}

TEST_CASE("a planned failure of the first start keeps the tree from starting") {
  desk d;
  d.t.fail_next_start(d.book, alys::fail(alys::category::resource, "no memory"));
  CHECK_THROWS_AS(d.t.start(), alys::start_error);
}

TEST_CASE("children that come at run time can be befallen too") {
  bench t;
  const auto guests = t.root().children<guest>("guest-{}");
  t.start();
  const auto anna = guests.start("anna", {}).value();
  CHECK(t.ask(anna, name_of{}) == std::string{"/bench/guest-anna"});
  t.fail_next(anna);
  CHECK(t.ask(anna, name_of{}).error().failed());
  CHECK(t.restarts(anna) == 1);
}

TEST_CASE("impossible plans are refused") {
  desk d;
  CHECK_THROWS_AS(d.t.inject(d.book, {.nth = 0}), std::invalid_argument);
  CHECK_THROWS_AS(d.t.inject(d.book, {.effect = takes{-1ns}}), std::invalid_argument);
  CHECK_THROWS_AS(d.t.fail_next(d.book, alys::refuse(alys::errc::out_of_range)), std::invalid_argument);
  bench other;
  CHECK_THROWS_AS(other.fail_next(d.book), std::invalid_argument);
}
