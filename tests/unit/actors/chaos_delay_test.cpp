// SPDX-License-Identifier: Apache-2.0
//
// Messages that chaos makes late: they come after their time, in the order of their sender, hold no thread, and share the fate of what is
// queued.
#include <alys/actors/chaos.hpp>
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

#include <map>

using namespace std::chrono_literals;

namespace {

struct number {
  using reply = int;
  int n = 0;
};
struct note {
  int from = 0;
  int n = 0;
};
struct wake_up {};
struct pass_on {
  int from = 0;
  int count = 0;
};
ALYS_MESSAGE(number, n)
ALYS_MESSAGE(note, from, n)
ALYS_MESSAGE(wake_up)
ALYS_MESSAGE(pass_on, from, count)

using notes = std::vector<std::pair<int, int>>; // sender and number

class listener final : public alys::actor<listener> {
public:
  using messages = alys::accepts<number, note, wake_up>;
  explicit listener(std::shared_ptr<notes> heard) : heard_(std::move(heard)) {}
  int handle(const number& q) { return q.n; }
  void handle(const note& n) { heard_->emplace_back(n.from, n.n); }
  void handle(const wake_up&) { heard_->emplace_back(0, 0); }

private:
  std::shared_ptr<notes> heard_;
};

class sender final : public alys::actor<sender> {
public:
  using messages = alys::accepts<pass_on>;
  explicit sender(alys::ref<listener> to) : to_(std::move(to)) {}
  void handle(const pass_on& p) {
    for (int n = 1; n <= p.count; ++n) send(to_, note{p.from, n});
  }

private:
  alys::ref<listener> to_;
};

class alarm_clock final : public alys::actor<alarm_clock> {
public:
  using messages = alys::accepts<wake_up>;
  explicit alarm_clock(std::shared_ptr<int> rung) : rung_(std::move(rung)) {}
  void started() { after(5ms, wake_up{}); }
  void handle(const wake_up&) { ++*rung_; }

private:
  std::shared_ptr<int> rung_;
};

struct scene {
  alys::supervisor_spec root{"root", alys::one_for_one{.restarts = 10'000, .within = 1s}};
  std::shared_ptr<notes> heard = std::make_shared<notes>();
  alys::ref<listener> ear;
  alys::ref<sender> first;
  alys::ref<sender> second;
  explicit scene(alys::child_options options = {})
      : ear(root.child<listener>("ear", {}, std::move(options), heard)),
        first(root.child<sender>("first", {}, {}, ear)),
        second(root.child<sender>("second", {}, {}, ear)) {}
  [[nodiscard]] alys::chaos with(alys::chaos_rule rule, std::uint64_t seed = 1) const {
    alys::chaos trouble{{.seed = seed, .rules = {std::move(rule)}}};
    trouble.join(root);
    return trouble;
  }
};

[[nodiscard]] std::uint64_t accounted(const alys::message_counts& m) {
  return m.handled + m.refused + m.failed + m.undelivered + m.rejected + m.dropped + m.queued + m.parked + m.stashed + m.quarantined;
}

} // namespace

TEST_CASE("a delayed message comes to its handler when its delay is over and holds no thread until then") {
  scene s;
  const auto trouble = s.with({.paths = "/root/ear", .delays = 1, .delay_for = 10ms});
  alys::testkit::bench t{std::move(s.root)};
  auto answer = t.ask_later(s.ear, number{7});
  t.run_until_idle();
  CHECK_FALSE(answer.arrived());
  CHECK(t.node(s.ear).messages.queued == 1);
  CHECK(t.node(s.ear).handling.empty());
  t.advance(9ms);
  CHECK_FALSE(answer.arrived());
  t.advance(1ms);
  REQUIRE(answer.arrived());
  CHECK(answer.take() == 7);
  CHECK(t.node(s.ear).messages.queued == 0);
  CHECK(trouble.counts().front().delayed == 1);
  CHECK(trouble.counts().front().seen == 1);
}

TEST_CASE("what a sender sends behind its delayed message waits behind it and others pass") {
  scene s;
  const auto trouble = s.with({.paths = "/root/ear", .message = "*note", .delays = 0.4, .delay_for = 10ms}, 3);
  alys::testkit::bench t{std::move(s.root)};
  t.send(s.first, pass_on{1, 20});
  t.send(s.second, pass_on{2, 20});
  t.advance(1s);
  REQUIRE(s.heard->size() == 40);
  std::map<int, int> last;
  bool overtaken = false;
  for (const auto& [from, n] : *s.heard) {
    CHECK(n == ++last[from]);
    overtaken = overtaken || (from == 2 && last[1] < n);
  }
  CHECK(overtaken);
  CHECK(trouble.counts().front().delayed > 4);
  CHECK(trouble.counts().front().seen == 40);
}

TEST_CASE("delays and failures together keep every sender's order and lose nothing") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    scene s{{.redeliver = {.times = 2}}};
    const auto trouble = s.with({.paths = "/root/ear", .throws = 0.1, .fails = 0.1, .delays = 0.4, .delay_for = 3ms}, seed);
    alys::testkit::bench t{std::move(s.root), {.seed = seed, .shuffle = true}};
    for (int i = 0; i < 3; ++i) {
      t.send(s.first, pass_on{2 * i + 1, 10});
      t.send(s.second, pass_on{2 * i + 2, 10});
      t.advance(5ms);
    }
    t.advance(10s);
    INFO("seed " << seed);
    const auto m = t.node(s.ear).messages;
    CHECK(m.queued == 0);
    CHECK(accounted(m) == 60);
    CHECK(m.handled == s.heard->size());
    std::map<int, int> last;
    for (const auto& [from, n] : *s.heard) {
      CHECK(n > last[from]);
      last[from] = n;
    }
    CHECK(trouble.counts().front().delayed > 0);
    CHECK(t.restarts(s.ear) > 0);
  }
}

TEST_CASE("a delayed message outlives a restart of its receiver") {
  scene s;
  const auto trouble = s.with({.paths = "/root/ear", .message = "*number", .delays = 1, .delay_for = 10ms});
  alys::testkit::bench t{std::move(s.root)};
  auto answer = t.ask_later(s.ear, number{7});
  t.advance(5ms);
  REQUIRE(t.system().inject_fault("/root/ear"));
  t.run_until_idle();
  CHECK(t.incarnation(s.ear) == 2);
  CHECK_FALSE(answer.arrived());
  t.advance(5ms);
  REQUIRE(answer.arrived());
  CHECK(answer.take() == 7);
}

TEST_CASE("a delayed message ends with the slot as what is queued does") {
  scene s;
  const auto trouble = s.with({.paths = "/root/ear", .delays = 1, .delay_for = 1min});
  alys::testkit::bench t{std::move(s.root)};
  auto answer = t.ask_later(s.ear, number{7});
  t.send(s.ear, note{1, 1});
  t.run_until_idle();
  CHECK(t.node(s.ear).messages.queued == 2);
  t.shutdown({.deadline = 1s});
  REQUIRE(answer.arrived());
  CHECK(answer.take() == alys::errc::stopped);
  CHECK(s.heard->empty());
  const auto left = t.node(s.ear).messages;
  CHECK(left.undelivered == 2);
  CHECK(left.queued == 0);
  CHECK(t.system().dead_letters(alys::dead_letter_cause::receiver_stopped) == 1);
}

TEST_CASE("no more messages are late than a mailbox holds") {
  scene s{{.mailbox = {.capacity = 4}}};
  const auto trouble = s.with({.paths = "/root/ear", .delays = 1, .delay_for = 1min});
  alys::testkit::bench t{std::move(s.root)};
  for (int n = 1; n <= 4; ++n) {
    t.send(s.ear, note{1, n});
    t.run_until_idle();
  }
  CHECK(s.heard->empty());
  CHECK(t.node(s.ear).messages.queued == 4);
  t.send(s.ear, note{1, 5});
  t.run_until_idle();
  CHECK_FALSE(s.heard->empty());
  t.advance(10min);
  CHECK(*s.heard == notes{{1, 1}, {1, 2}, {1, 3}, {1, 4}, {1, 5}});
}

TEST_CASE("timers are not delayed by chaos") {
  alys::supervisor_spec root{"root", alys::one_for_one{}};
  const auto rung = std::make_shared<int>(0);
  root.child<alarm_clock>("alarm", {}, {}, rung);
  const alys::chaos trouble{{.rules = {{.paths = "*", .delays = 1, .delay_for = 1min}}}};
  trouble.join(root);
  alys::testkit::bench t{std::move(root)};
  t.start();
  t.advance(5ms);
  CHECK(*rung == 1);
  CHECK(trouble.counts().front().delayed == 0);
}
