// SPDX-License-Identifier: Apache-2.0
//
// A message that its handler failed on: again to the next incarnation, and into quarantine if it kills one after another.
#include "support/actors/tree.hpp"

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

struct log_in {
  using reply = int;
  std::string user;
  secret<std::string> password;
  std::vector<std::uint8_t> token;
  bool harmless = false;
};
struct swallow {
  std::unique_ptr<int> what;
};
ALYS_MESSAGE(log_in, user, password, token, harmless)
ALYS_MESSAGE(swallow, what)

// Fails on every log_in but harmless ones, and says how often it was called.
class gate_keeper final : public alys::actor<gate_keeper> {
public:
  using messages = accepts<log_in, note>;
  gate_keeper(std::shared_ptr<std::atomic<int>> calls, std::shared_ptr<std::atomic<bool>> heals)
      : calls_(std::move(calls)), heals_(std::move(heals)) {}
  result<int> handle(const log_in& l) {
    const int calls = ++*calls_;
    if (l.harmless || *heals_) return calls;
    return fail(category::resource, "killed by " + l.user);
  }
  void handle(const note&) {}

private:
  std::shared_ptr<std::atomic<int>> calls_;
  std::shared_ptr<std::atomic<bool>> heals_;
};

class swallower final : public alys::actor<swallower> {
public:
  using messages = accepts<swallow>;
  void handle(swallow&& s) { kept_ = std::move(s.what); }

private:
  std::unique_ptr<int> kept_;
};

struct guarded {
  explicit guarded(redelivery how, system_options options = {}, mailbox_options mailbox = {})
      : keeper(t.root.child<gate_keeper>("keeper", {}, {.mailbox = mailbox, .redeliver = how}, calls, heals)),
        system(t.start(std::move(options))) {}
  [[nodiscard]] message_counts counts() const { return find(system.tree(), "/root/keeper")->messages; }
  result<int> log_on(const std::string& user) { return system.ask(keeper, log_in{user, {"sesame"}, {1, 2, 3}}, patience); }

  tree t{one_for_one{.restarts = 100}};
  std::shared_ptr<std::atomic<int>> calls = std::make_shared<std::atomic<int>>(0);
  std::shared_ptr<std::atomic<bool>> heals = std::make_shared<std::atomic<bool>>(false);
  ref<gate_keeper> keeper;
  alys::system system;
};

} // namespace

TEST_CASE("a message is handled again so often and then its end is that of any that failed") {
  guarded g{{.times = 2, .quarantine_after = 10}};
  const auto answer = g.log_on("eve");
  CHECK(answer.error().message() == "killed by eve");
  CHECK(*g.calls == 3);
  CHECK(g.counts().redelivered == 2);
  CHECK(g.counts().failed == 1);
  CHECK(g.system.quarantined().empty());
}

TEST_CASE("a message that kills so many incarnations in a row is set aside and its asker told") {
  guarded g{{.times = 10, .quarantine_after = 3}};
  CHECK(g.log_on("eve").error().message() == "killed by eve");
  REQUIRE(g.system.ask(g.keeper, log_in{"bob", {}, {}, true}, patience) == 4);
  const auto listed = g.system.quarantined();
  REQUIRE(listed.size() == 1);
  const quarantined_message& q = listed.front();
  CHECK(q.receiver == "/root/keeper");
  CHECK(q.message.find("log_in") != std::string::npos);
  CHECK(q.text == R"({user: "eve", password: (secret), token: [1, 2, 3], harmless: false})");
  CHECK(q.killed == 3);
  CHECK(q.last_incarnation == 3);
  CHECK(q.last_error.message() == "killed by eve");
  CHECK(q.bytes > sizeof(log_in));
  CHECK(to_string(q).find("sesame") == std::string::npos);
  CHECK(g.counts().quarantined == 1);
  CHECK(g.counts().redelivered == 2);
  CHECK(g.counts().failed == 0);
  CHECK(to_json(g.system.tree()).find(R"("quarantined":1,"redelivered":2)") != std::string::npos);
}

TEST_CASE("a message in quarantine is replayed exactly once") {
  guarded g{{.times = 1, .quarantine_after = 1}};
  CHECK(g.log_on("eve").error().failed());
  REQUIRE(eventually([&] { return g.counts().quarantined == 1; }));
  const std::uint64_t id = g.system.quarantined().front().id;
  *g.heals = true;
  CHECK(g.system.replay(id));
  CHECK(g.system.replay(id) == errc::no_such_message);
  CHECK(g.system.discard(id) == errc::no_such_message);
  REQUIRE(eventually([&] { return g.counts().handled == 1; }));
  CHECK(*g.calls == 2);
  CHECK(g.counts().quarantined == 0);
  CHECK(g.system.quarantined().empty());
}

TEST_CASE("a message that kills again after its replay is set aside again") {
  guarded g{{.times = 5, .quarantine_after = 2}};
  CHECK(g.log_on("eve").error().failed());
  REQUIRE(eventually([&] { return g.counts().quarantined == 1; }));
  CHECK(g.system.replay(1));
  REQUIRE(eventually([&] { return *g.calls == 4 && g.counts().quarantined == 1; }));
  CHECK(g.system.quarantined().front().id == 2);
}

TEST_CASE("a message that is discarded is a dead letter") {
  guarded g{{.times = 1, .quarantine_after = 1}};
  CHECK(g.log_on("eve").error().failed());
  REQUIRE(eventually([&] { return g.counts().quarantined == 1; }));
  CHECK(g.system.discard(g.system.quarantined().front().id));
  CHECK(g.system.dead_letters(dead_letter_cause::discarded) == 1);
  CHECK(g.counts().quarantined == 0);
  CHECK(g.counts().undelivered == 1);
}

TEST_CASE("quarantine holds so many bytes and the oldest makes room") {
  guarded g{{.times = 1, .quarantine_after = 1}, {.quarantine_bytes = 1'000}};
  for (int i = 0; i < 10; ++i) CHECK(g.log_on(std::to_string(i)).error().failed());
  REQUIRE(eventually([&] { return *g.calls == 10 && g.counts().quarantined + g.counts().undelivered == 10; }));
  const auto held = g.system.quarantined();
  REQUIRE_FALSE(held.empty());
  CHECK(held.size() < 10);
  CHECK(held.back().text.find("user: \"9\"") != std::string::npos);
  std::size_t bytes = 0;
  for (const auto& q : held) bytes += q.bytes;
  CHECK(bytes <= 1'000);
  CHECK(g.counts().quarantined == held.size());
  CHECK(eventually([&] { return g.system.dead_letters(dead_letter_cause::quarantine_full) == 10 - held.size(); }));
}

TEST_CASE("quarantine of no bytes keeps nothing") {
  guarded g{{.times = 1, .quarantine_after = 1}, {.quarantine_bytes = 0}};
  CHECK(g.log_on("eve").error().failed());
  REQUIRE(eventually([&] { return g.system.dead_letters(dead_letter_cause::quarantine_full) == 1; }));
  CHECK(g.system.quarantined().empty());
}

TEST_CASE("what its mailbox does not take stays in quarantine") {
  tree t{one_for_one{.restarts = 100}};
  const auto a = t.add("a", {.mailbox = {.capacity = 1}, .redeliver = {.times = 1, .quarantine_after = 1}});
  auto system = t.start();
  CHECK(system.ask(a, throwing(), patience).error().failed());
  REQUIRE(eventually([&] { return system.quarantined().size() == 1; }));
  const auto inside = std::make_shared<gate>(), until = std::make_shared<gate>();
  send(a, perform{[inside, until](subject&) {
         inside->open();
         until->pass();
       }});
  REQUIRE(inside->wait());
  send(a, note{1});
  CHECK(system.replay(1) == errc::mailbox_full);
  CHECK(system.quarantined().size() == 1);
  CHECK(find(system.tree(), "/root/a")->messages.rejected == 0);
  until->open();
  REQUIRE(t.of("a").log.wait_for("note 1"));
  CHECK(system.replay(1));
  REQUIRE(eventually([&] { return system.quarantined().size() == 1 && system.quarantined().front().id == 2; }));
}

TEST_CASE("in a row means that no other message killed an incarnation between") {
  tree t{one_for_one{.restarts = 100}};
  const auto a = t.add("a", {.redeliver = {.times = 5, .quarantine_after = 2}});
  auto system = t.start();
  const auto tries = std::make_shared<std::atomic<int>>(0);
  // With the first failure comes an urgent message that kills the second incarnation.
  const auto answer = system.ask(a, act{[tries](subject& s) -> result<int> {
                                   if (++*tries == 1)
                                     send(s.self(), urgent_deed{[](subject& me) {
                                            if (me.incarnation() == 2) throw std::runtime_error("between");
                                          }});
                                   return fail(category::resource, "poison");
                                 }},
                                 patience);
  CHECK(answer.error().message() == "poison");
  REQUIRE(system.quarantined().size() == 1);
  CHECK(*tries == 3);
  CHECK(system.quarantined().front().killed == 2);
  CHECK(system.quarantined().front().last_incarnation == 4);
}

TEST_CASE("redelivery needs handlers that leave their message whole") {
  supervisor_spec root{"root"};
  root.child<swallower>("swallower", {}, {.redeliver = {.times = 1}});
  (void)root.children<swallower>("born-{}", {.redeliver = {.times = 1}});
  const auto problems = root.check();
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].path == "/root/swallower");
  CHECK(problems[0].text.find("redeliver: needs handle(const ") == 0);
  CHECK(problems[0].text.find("swallow&): this one may change its message") != std::string::npos);
  CHECK(problems[1].path == "/root/born-{}");
}

TEST_CASE("options of redelivery outside their range do not start") {
  supervisor_spec root{"root"};
  root.child<gate_keeper>("keeper", {}, {.redeliver = {.times = 1'001, .quarantine_after = 0}}, nullptr, nullptr);
  const auto problems = root.check();
  REQUIRE(problems.size() == 2);
  CHECK(problems[0] == problem{"/root/keeper: redeliver.times", "must be at most 1000"});
  CHECK(problems[1] == problem{"/root/keeper: redeliver.quarantine_after", "must be from 1 to 100"});
  system_options options{.quarantine_bytes = max_quarantine_bytes + 1};
  CHECK_THROWS_WITH(system::start(supervisor_spec{"root"}, options), Catch::Contains("quarantine_bytes: must be at most 1000000000"));
}
