// SPDX-License-Identifier: Apache-2.0
//
// The bench: what it lets run, and when.
#include "unit/testkit/bank.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using alys::testkit::bench;
using alys::testkit::bench_options;
using bank::audit_log;
using bank::balance_of;
using bank::deposit;
using bank::ledger;
using bank::note;

namespace {

struct bounce {
  int left = 0;
};
ALYS_MESSAGE(bounce, left)

// Sends to itself, for ever if it is told so.
class ball final : public alys::actor<ball> {
public:
  using messages = alys::accepts<bounce>;
  void handle(const bounce& b) {
    ++seen;
    if (b.left != 0) send(self(), bounce{b.left - 1});
  }
  static inline int seen = 0;
};

struct sequence {
  using reply = std::vector<int>;
};
struct item {
  int number = 0;
};
ALYS_MESSAGE(sequence)
ALYS_MESSAGE(item, number)

class collector final : public alys::actor<collector> {
public:
  using messages = alys::accepts<item, sequence>;
  void handle(const item& i) { all_.push_back(i.number); }
  std::vector<int> handle(const sequence&) const { return all_; }

private:
  std::vector<int> all_;
};

struct go {};
ALYS_MESSAGE(go)

class sender final : public alys::actor<sender> {
public:
  using messages = alys::accepts<go>;
  sender(alys::ref<collector> to, int number) : to_(std::move(to)), number_(number) {}
  void handle(const go&) {
    send(to_, item{number_});
    send(to_, item{number_ + 1});
  }

private:
  alys::ref<collector> to_;
  int number_;
};

// Ten senders at once, and in which order their messages came.
std::vector<int> order_of_arrival(bench_options options) {
  bench t{std::move(options)};
  const auto end = t.child<collector>();
  std::vector<alys::ref<sender>> senders;
  for (int i = 0; i < 10; ++i) senders.push_back(t.child<sender>({}, {}, end, 10 * i));
  for (const auto& s : senders) t.send(s, go{});
  t.run_until_idle();
  return t.ask(end, sequence{}).value();
}

} // namespace

TEST_CASE("a ledger that fails comes back after its backoff and is empty") {
  bench t;
  auto audit = t.stand_in<audit_log>();
  auto book = t.child<ledger>({.limit = 100}, {.restart = alys::backoff{.initial = 1s, .jitter = alys::jitter::none}}, audit.get());
  CHECK(t.ask(book, deposit{"alice", 5}) == 5u);
  CHECK(audit.expect<note>().text == "deposit to alice");
  t.fail_next(book);
  CHECK(t.ask(book, deposit{"alice", 5}).error().failed());
  CHECK(t.ask(book, balance_of{"alice"}, 500ms) == alys::errc::deadline);
  t.advance(1s);
  CHECK(t.ask(book, balance_of{"alice"}) == bank::denied::no_such_account);
  CHECK(t.restarts(book) == 1);
  CHECK(t.incarnation(book) == 2);
  CHECK(t.state(book) == alys::lifecycle_state::running);
}

TEST_CASE("a message waits in its mailbox until the tree runs") {
  bench t;
  const auto end = t.child<collector>();
  t.start();
  t.send(end, item{1});
  CHECK(t.node(end).normal.depth == 1);
  t.run_until_idle();
  CHECK(t.node(end).normal.depth == 0);
  CHECK(t.ask(end, sequence{}) == std::vector{1});
}

TEST_CASE("an ask without a deadline lets no time pass") {
  bench t;
  auto audit = t.stand_in<audit_log>();
  audit.holds<note>();
  auto book = t.child<ledger>({}, {}, audit.get());
  CHECK(t.ask(book, deposit{"alice", 5}) == alys::errc::deadline);
  CHECK(t.now() == 0ns);
  audit.asked<note>().answer();
  t.run_until_idle();
  CHECK(t.ask(book, balance_of{"alice"}) == 5u); // the first question stayed asked
}

TEST_CASE("an ask with a deadline lets just as much time pass as its answer needs") {
  bench t;
  auto audit = t.stand_in<audit_log>();
  audit.holds<note>();
  auto book = t.child<ledger>({}, {}, audit.get());
  const auto unanswered = t.ask(book, deposit{"alice", 5}, 5s); // the ledger waits 1 s for the audit log
  CHECK(unanswered == alys::errc::deadline);
  CHECK(t.now() == 1s);
}

TEST_CASE("one turn handles one message of one slot") {
  bench t;
  const auto first = t.child<collector>();
  const auto second = t.child<collector>();
  CHECK(first.path() != second.path());
  t.start();
  for (int i = 0; i < 3; ++i) t.send(first, item{i}), t.send(second, item{i});
  CHECK(t.turn());
  CHECK(t.node(first).messages.handled + t.node(second).messages.handled == 1);
  for (int i = 0; i < 5; ++i) CHECK(t.turn());
  CHECK(t.node(first).messages.handled + t.node(second).messages.handled == 6);
  while (t.turn()) {}
  CHECK_FALSE(t.turn());
}

TEST_CASE("a tree that does not come to rest is reported and can still be stopped") {
  bench t;
  const auto busy = t.child<ball>();
  t.send(busy, bounce{-1});
  CHECK_THROWS_AS(t.run_until_idle(), std::runtime_error);
  CHECK(t.run_until([] { return ball::seen > 1'000'010; }));
  const auto report = t.shutdown();
  CHECK(report.in_time);
  CHECK(t.state(busy) == alys::lifecycle_state::terminated);
}

TEST_CASE("everything is declared before the tree starts") {
  bench t;
  const auto end = t.child<collector>();
  t.run_until_idle();
  CHECK_THROWS_AS(t.child<collector>(), std::logic_error);
  CHECK_THROWS_AS(t.stand_in<audit_log>(), std::logic_error);
  CHECK(t.ask(end, sequence{})->empty());
}

TEST_CASE("a whole tree is tested as it is declared for production") {
  alys::supervisor_spec root{"bank", alys::rest_for_one{}};
  auto& back = root.supervisor("back");
  const auto audit = back.child<audit_log>("audit");
  const auto book = root.child<ledger>("book", {.limit = 7}, {}, audit);
  bench t{std::move(root)};
  CHECK(t.ask(book, deposit{"bob", 7}) == 7u);
  CHECK(t.ask(book, deposit{"bob", 8}) == alys::errc::out_of_range);
  CHECK(t.tree().children.size() == 2);
  CHECK(t.system().find<ledger>("/bank/book").value() == book);
  CHECK(t.system().find<audit_log>("/bank/book") == alys::errc::wrong_type);
  CHECK(t.node(audit).path == "/bank/back/audit");
}

TEST_CASE("mistakes in a declaration are told as in production") {
  bench t;
  (void)t.child<collector>({}, {.mailbox = {.capacity = 0}});
  CHECK_THROWS_AS(t.start(), alys::start_error);
}

TEST_CASE("a probe whose bench has gone says so") {
  std::optional<alys::testkit::probe<audit_log>> late;
  {
    bench t;
    late = t.stand_in<audit_log>();
    t.start();
  }
  CHECK_THROWS_WITH(late->none<bank::closed>(), "alys testkit: the bench of this probe has gone");
}

TEST_CASE("turns go to who waits longest or to whom the seed draws") {
  const auto in_line = order_of_arrival({});
  CHECK(in_line == order_of_arrival({.seed = 2}));
  CHECK(std::is_sorted(in_line.begin(), in_line.end()));
  const auto shuffled = order_of_arrival({.seed = 2, .shuffle = true});
  CHECK(shuffled != in_line);
  CHECK(shuffled == order_of_arrival({.seed = 2, .shuffle = true}));
  CHECK(shuffled != order_of_arrival({.seed = 3, .shuffle = true}));
  for (int i = 0; i < 10; ++i) { // whatever the order, each sender's own messages keep theirs
    const auto one = std::find(shuffled.begin(), shuffled.end(), 10 * i);
    CHECK(one < std::find(shuffled.begin(), shuffled.end(), 10 * i + 1));
  }
}
