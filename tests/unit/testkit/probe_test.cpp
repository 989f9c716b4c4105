// SPDX-License-Identifier: Apache-2.0
//
// Probes in the place of the audit log.
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

struct report {
  using reply = std::uint64_t;
  std::string account;
};
ALYS_MESSAGE(report, account)

// Asks a ledger, for tests in which the ledger is the stand-in.
class reporter final : public alys::actor<reporter> {
public:
  using messages = alys::accepts<report>;
  using asks = alys::to<ledger>;
  explicit reporter(alys::ref<ledger> book) : book_(std::move(book)) {}
  alys::promise<std::uint64_t> handle(const report& r) {
    alys::promise<std::uint64_t> answer;
    auto balance = ask(book_, balance_of{r.account}, 10s);
    balance.then([answer](alys::result<std::uint64_t> b) { answer.deliver(std::move(b)); });
    return answer;
  }

private:
  alys::ref<ledger> book_;
};

std::string what_of(const std::function<void()>& failing) {
  try {
    failing();
  } catch (const expectation_failed& e) {
    return e.what();
  }
  return "nothing failed";
}

} // namespace

TEST_CASE("an acknowledged request is acknowledged by itself and kept for the test") {
  bench t;
  auto audit = t.stand_in<audit_log>();
  const auto book = t.child<ledger>({}, {}, audit.get());
  CHECK(t.ask(book, deposit{"alice", 1}) == 1u);
  CHECK(t.ask(book, deposit{"bob", 2}) == 2u);
  CHECK(audit.count<note>() == 2);
  CHECK(audit.expect<note>().text == "deposit to alice");
  CHECK(audit.expect<note>().text == "deposit to bob");
  audit.none<note>();
}

TEST_CASE("what does not come is told with what came instead") {
  bench t;
  auto audit = t.stand_in<audit_log>();
  const auto book = t.child<ledger>({}, {}, audit.get());
  t.send(book, closed{"alice"});
  CHECK(what_of([&] { (void)audit.expect<note>(); }) == "/bench/audit_log: expected bank::note; there is bank::closed");
  CHECK(what_of([&] { audit.none<closed>(); }) == "/bench/audit_log: expected none of bank::closed; there is bank::closed");
  (void)audit.expect<closed>();
  CHECK(what_of([&] { (void)audit.within(1500ms).expect<note>(); }).find("expected bank::note within 1500") != std::string::npos);
  CHECK(t.now() == 1500ms);
}

TEST_CASE("a probe with patience lets time pass until the message comes") {
  bench t;
  auto audit = t.stand_in<audit_log>();
  const auto book = t.child<ledger>({}, {}, audit.get());
  t.inject(book, {.effect = takes{700ms}});
  t.send(book, closed{"alice"});
  audit.within(699ms).none<closed>();
  CHECK(t.now() == 699ms);
  CHECK(audit.within(1h).expect<closed>().account == "alice");
  CHECK(t.now() == 700ms);
}

TEST_CASE("scripts answer with values and refusals") {
  bench t;
  auto book = t.stand_in<ledger>();
  const auto r = t.child<reporter>({}, {}, book.get());
  book.answers<balance_of>([](const balance_of& b) -> alys::result<std::uint64_t> {
    if (b.account != "alice") return alys::refuse(bank::denied::no_such_account, b.account);
    return 7u;
  });
  CHECK(t.ask(r, report{"alice"}) == 7u);
  CHECK(t.ask(r, report{"bob"}) == bank::denied::no_such_account);
  book.answers<balance_of>([](const balance_of&) { return 8u; });
  CHECK(t.ask(r, report{"bob"}) == 8u);
  CHECK(book.waiting().size() == 3);
}

TEST_CASE("a request without a script waits for an answer by hand") {
  bench t;
  auto book = t.stand_in<ledger>();
  const auto r = t.child<reporter>({}, {}, book.get());
  auto answer = t.ask_later(r, report{"alice"});
  const auto asked = book.asked<balance_of>();
  CHECK(asked.message().account == "alice");
  CHECK_FALSE(answer.arrived());
  asked.answer(9u);
  t.run_until_idle();
  CHECK(answer.take() == 9u);
}

TEST_CASE("a request that is taken without an answer is a broken promise to its asker") {
  bench t;
  auto book = t.stand_in<ledger>();
  const auto r = t.child<reporter>({}, {}, book.get());
  auto answer = t.ask_later(r, report{"alice"});
  CHECK(book.expect<balance_of>().account == "alice");
  t.run_until_idle();
  CHECK(answer.take() == alys::errc::broken_promise);
}

TEST_CASE("held requests stay open also if they are only acknowledged") {
  bench t;
  auto audit = t.stand_in<audit_log>();
  audit.holds<note>();
  const auto book = t.child<ledger>({}, {}, audit.get());
  auto answer = t.ask_later(book, deposit{"alice", 1});
  audit.asked<note>().answer(alys::refuse(alys::errc::out_of_range, "not today"));
  t.run_until_idle();
  CHECK(answer.take().error().text() == "not today");
}

TEST_CASE("a script that throws fails the stand-in") {
  bench t;
  auto audit = t.stand_in<audit_log>();
  audit.answers<note>([](const note&) -> alys::result<void> { throw std::runtime_error("disk full"); });
  const auto book = t.child<ledger>({}, {}, audit.get());
  CHECK(t.ask(book, deposit{"alice", 1}).error().text() == "disk full");
  CHECK(t.restarts(audit.get()) == 1);
}
