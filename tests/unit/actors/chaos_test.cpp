// SPDX-License-Identifier: Apache-2.0
//
// Chaos injects what its rules say, where they say it, the same for the same seed; and the tree accounts for all of it.
#include <alys/actors/chaos.hpp>
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

#include <limits>
#include <thread>

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

struct ping {
  using reply = int;
  int n;
};
struct other {
  using reply = int;
  int n;
};
ALYS_MESSAGE(ping, n)
ALYS_MESSAGE(other, n)

class target final : public alys::actor<target> {
public:
  using messages = alys::accepts<ping, other>;
  int handle(const ping& p) { return p.n; }
  int handle(const other& o) { return o.n; }
};

// Restarts as often as it takes.
[[nodiscard]] alys::supervisor_spec patient() { return alys::supervisor_spec{"root", alys::one_for_one{.restarts = 10'000, .within = 1s}}; }

struct outcome {
  std::string answers;
  std::vector<alys::chaos_count> counts;
  alys::tree_node seen;
};

[[nodiscard]] outcome run(alys::chaos_options options, int messages = 400) {
  auto root = patient();
  const auto hit = root.child<target>("hit");
  const alys::chaos trouble{std::move(options)};
  trouble.join(root);
  alys::testkit::bench t{root};
  outcome all;
  for (int i = 0; i < messages; ++i) {
    const auto answer = t.ask(hit, ping{i}, 1s);
    all.answers += answer ? '.' : answer.error().kind() == alys::error_kind::failed ? 'F' : 'L';
  }
  all.counts = trouble.counts();
  all.seen = t.node(hit);
  return all;
}

} // namespace

TEST_CASE("chaos injects the same for the same seed and something else for another") {
  const alys::chaos_rule rule{.paths = "/root/*", .throws = 0.1, .fails = 0.1, .loses_reply = 0.1};
  const auto first = run({.seed = 7, .rules = {rule}});
  const auto again = run({.seed = 7, .rules = {rule}});
  const auto other_seed = run({.seed = 8, .rules = {rule}});
  CHECK(first.answers == again.answers);
  CHECK(first.counts == again.counts);
  CHECK(first.answers != other_seed.answers);
  REQUIRE(first.counts.size() == 1);
  const auto& c = first.counts.front();
  CHECK(c.seen == 400);
  CHECK(c.thrown > 20);
  CHECK(c.failed > 20);
  CHECK(c.replies_lost > 20);
  CHECK(first.seen.messages.failed == c.thrown + c.failed);
  CHECK(first.seen.restarts == c.thrown + c.failed);
  CHECK(first.seen.messages.handled == 400 - c.thrown - c.failed);
}

TEST_CASE("chaos leaves alone the paths and messages that no rule names") {
  auto root = patient();
  const auto hit = root.child<target>("hit");
  const auto spared = root.child<target>("spared");
  const alys::chaos trouble{{.rules = {{.paths = "/root/hit", .message = "*ping", .fails = 1}}}};
  trouble.join(root);
  alys::testkit::bench t{root};
  CHECK_FALSE(t.ask(hit, ping{1}, 1s));
  CHECK(t.ask(hit, other{2}, 1s) == 2);
  CHECK(t.ask(spared, ping{3}, 1s) == 3);
  REQUIRE(trouble.counts().size() == 1);
  CHECK(trouble.counts().front().failed == 1);
}

TEST_CASE("chaos can be turned off and on while the tree runs") {
  auto root = patient();
  const auto hit = root.child<target>("hit");
  const alys::chaos trouble{{.rules = {{.paths = "*", .throws = 1}}, .on = false}};
  trouble.join(root);
  alys::testkit::bench t{root};
  CHECK(t.ask(hit, ping{1}, 1s) == 1);
  trouble.turn_on();
  CHECK_FALSE(t.ask(hit, ping{2}, 1s));
  trouble.turn_off();
  CHECK(t.ask(hit, ping{3}, 1s) == 3);
  CHECK(trouble.counts().front().thrown == 1);
  CHECK_THAT(trouble.report(t.tree()), Contains("/root/hit: 1 messages, 1 thrown") && Contains("1 restarts"));
}

TEST_CASE("chaos reaches children that are born at run time") {
  auto root = patient();
  const auto peers = root.children<target>("peer-{}");
  const alys::chaos trouble{{.rules = {{.paths = "/root/peer-7", .fails = 1}}}};
  trouble.join(root);
  alys::testkit::bench t{root};
  t.start();
  const auto seven = peers.start("7", {});
  const auto eight = peers.start("8", {});
  REQUIRE(seven);
  REQUIRE(eight);
  CHECK_FALSE(t.ask(*seven, ping{1}, 1s));
  CHECK(t.ask(*eight, ping{2}, 1s) == 2);
  REQUIRE(trouble.counts().size() == 1);
  CHECK(trouble.counts().front().path == "/root/peer-{}");
  CHECK(trouble.counts().front().failed == 1);
}

TEST_CASE("chaos refuses rates that cannot be and paths that name nobody") {
  using rules = std::vector<alys::chaos_rule>;
  const auto make = [](rules r) { return alys::chaos{{.rules = std::move(r)}}; };
  CHECK_THROWS_WITH(make({}), Contains("rules must name at least one"));
  CHECK_THROWS_WITH(make({{.paths = "/root/*", .throws = 1.5}}), Contains("rules[0].throws must be from 0 to 1"));
  CHECK_THROWS_WITH(make({{.paths = "/root/*", .fails = std::numeric_limits<double>::quiet_NaN()}}), Contains("fails must be from 0 to 1"));
  CHECK_THROWS_WITH(make({{.paths = "/root/*", .throws = 0.6, .fails = 0.6}}), Contains("at most 1 together"));
  CHECK_THROWS_WITH(make({{.paths = "root"}}), Contains("paths must be a path"));
  CHECK_THROWS_WITH(make({{.paths = "/root/*", .slow_for = -1ms}}), Contains("slow_for"));
  CHECK_THROWS_WITH(make({{.paths = "/root/*", .delays = 0.5, .delay_for = 0ms}}),
                    Contains("rules[0].delay_for must be from 1 millisecond"));
  auto root = patient();
  root.child<target>("hit");
  CHECK_THROWS_WITH(make({{.paths = "/root/bnk/*"}}).join(root), Contains("no actor under /root is named by \"/root/bnk/*\""));
}

TEST_CASE("a join that is refused leaves every slot as it was") {
  auto root = patient();
  const auto hit = root.child<target>("hit");
  const auto peers = root.children<target>("peer-{}");
  const alys::chaos trouble{{.rules = {{.paths = "/root/*", .fails = 1}, {.paths = "/root/bnk/*"}}}};
  CHECK_THROWS_WITH(trouble.join(root), Contains("/root/bnk/*"));
  CHECK(trouble.counts().empty());
  alys::testkit::bench t{root};
  CHECK(t.ask(hit, ping{1}, 1s) == 1);
  const auto born = peers.start("1", {});
  REQUIRE(born);
  CHECK(t.ask(*born, ping{2}, 1s) == 2);
}

TEST_CASE("a lost reply leaves the asker to its deadline and the actor knows nothing of it") {
  auto root = patient();
  const auto hit = root.child<target>("hit");
  const alys::chaos trouble{{.rules = {{.paths = "*", .loses_reply = 1}}}};
  trouble.join(root);
  alys::testkit::bench t{root};
  const auto begun = t.now();
  CHECK(t.ask(hit, ping{1}, 2s) == alys::errc::deadline);
  CHECK(t.now() - begun == 2s);
  CHECK(t.node(hit).messages.handled == 1);
  CHECK(t.node(hit).restarts == 0);
  t.send(hit, ping{2});
  t.run_until_idle();
  CHECK(t.node(hit).messages.handled == 2);
  CHECK(trouble.counts().front().replies_lost == 1); // nobody waited for the second
}

TEST_CASE("a slow handler takes its time and holds its thread") {
  auto root = patient();
  const auto slow = root.child<target>("slow");
  const auto other_one = root.child<target>("other");
  const alys::chaos trouble{{.rules = {{.paths = "/root/slow", .slow = 1, .slow_for = 200ms}}}};
  trouble.join(root);
  auto system = alys::system::start(std::move(root), {.threads = 1});
  const auto begun = std::chrono::steady_clock::now();
  alys::send(slow, ping{1});
  const auto node = [&] { return *alys::find(system.tree(), "/root/slow"); };
  while (node().handling.empty() && node().messages.handled == 0) std::this_thread::yield();
  CHECK(system.ask(other_one, ping{2}, 1min) == 2);
  CHECK(node().messages.handled == 1); // the one thread came to the other only afterwards
  CHECK(std::chrono::steady_clock::now() - begun >= 200ms);
  CHECK(trouble.counts().front().slowed == 1);
}

TEST_CASE("the report tells escalations and what was quarantined") {
  auto root = patient();
  auto& below = root.supervisor("below", alys::one_for_one{.restarts = 1, .within = 1min});
  const auto hit = below.child<target>("hit");
  const auto poisoned = root.child<target>("poisoned", {}, {.redeliver = {.times = 5, .quarantine_after = 2}});
  const alys::chaos trouble{{.seed = 5, .rules = {{.paths = "*", .fails = 1}}}};
  trouble.join(root);
  alys::testkit::bench t{root};
  CHECK_FALSE(t.ask(hit, ping{1}, 1s));
  CHECK_FALSE(t.ask(hit, ping{2}, 1s));
  CHECK_FALSE(t.ask(poisoned, ping{3}, 1s));
  const auto tree = t.tree();
  CHECK(alys::find(tree, "/root/below")->escalations == 1);
  CHECK_THAT(alys::to_string(tree), Contains("escalations 1"));
  const auto text = trouble.report(tree);
  CHECK_THAT(text, Contains("chaos, seed 5\n"));
  CHECK_THAT(text, Contains("/root/below/hit: 2 messages, 0 thrown, 2 failed"));
  CHECK_THAT(text, Contains("/root/poisoned: 2 messages, 0 thrown, 2 failed, 0 replies lost, 0 slowed, 0 delayed; 2 restarts, 0 messages "
                            "failed, 0 undelivered, 1 quarantined\n"));
  CHECK_THAT(text, Contains("the tree: 4 restarts, 2 messages failed, 0 undelivered, 1 quarantined, 1 escalations\n"));
  const auto json = trouble.report_json(tree);
  CHECK_THAT(json, Contains(R"({"on":true,"seed":5,"slots":[{"path":"/root/below/hit","injected":{"messages":2,"thrown":0,"failed":2,)"));
  CHECK_THAT(json, Contains(R"("tree":{"restarts":4,"escalations":1,"failed":2,"undelivered":0,"quarantined":1}})"));
}

TEST_CASE("chaos begins anew with another seed and other rules while the tree runs") {
  auto root = patient();
  const auto hit = root.child<target>("hit");
  const auto spared = root.child<target>("spared");
  const auto peers = root.children<target>("peer-{}");
  const alys::chaos trouble{{.rules = {{.paths = "/root/hit"}, {.paths = "/root/peer-*"}}, .on = false}};
  trouble.join(root);
  alys::testkit::bench t{root};
  CHECK(t.ask(hit, ping{1}, 1s) == 1);
  const auto answers = [&](std::uint64_t seed) {
    REQUIRE(trouble.begin({.seed = seed, .rules = {{.paths = "/root/h*", .fails = 0.5}}}));
    std::string all;
    for (int i = 0; i < 40; ++i) all += t.ask(hit, ping{i}, 1s) ? '.' : 'F';
    CHECK(trouble.counts().front().seen == 40);
    return all;
  };
  const auto first = answers(7);
  const auto other_seed = answers(8);
  CHECK(first != other_seed);
  CHECK(answers(7) == first);
  CHECK(trouble.begin({.rules = {{.paths = "/root/hit", .fails = 2}}}).error().text() ==
        "rules[0].fails must be from 0 to 1; rules[0].throws with fails, loses_reply, slow and delays must be at most 1 together");
  CHECK(trouble.begin({.rules = {}}) == alys::errc::out_of_range);
  CHECK(trouble.begin({.rules = {{.paths = "/root/spared"}}}) == alys::errc::no_such_path); // it was not let in there
  CHECK(trouble.is_on());
  CHECK(trouble.counts().front().seen == 40);
  REQUIRE(trouble.begin({.rules = {{.paths = "/root/peer-7", .fails = 1}}}));
  const auto seven = peers.start("7", {});
  const auto eight = peers.start("8", {});
  REQUIRE(seven);
  REQUIRE(eight);
  CHECK_FALSE(t.ask(*seven, ping{1}, 1s));
  CHECK(t.ask(*eight, ping{2}, 1s) == 2);
  CHECK(t.ask(hit, ping{3}, 1s) == 3);
  CHECK(t.ask(spared, ping{4}, 1s) == 4);
  REQUIRE(trouble.begin({.rules = {{.paths = "*", .fails = 1}}, .on = false}));
  CHECK_FALSE(trouble.is_on());
  CHECK(t.ask(hit, ping{5}, 1s) == 5);
}

TEST_CASE("chaos begins anew and is looked at while threads run into it") {
  auto root = patient();
  std::vector<alys::ref<target>> all;
  for (int i = 0; i < 4; ++i) all.push_back(root.child<target>("t" + std::to_string(i)));
  const alys::chaos trouble{{.rules = {{.paths = "*"}}, .on = false}};
  trouble.join(root);
  auto system = alys::system::start(std::move(root), {.threads = 4, .log = alys::log_to_nowhere()});
  for (std::uint64_t round = 1; round <= 100; ++round) {
    for (int n = 0; n < 5; ++n) {
      for (const auto& to : all) alys::send(to, ping{n});
    }
    REQUIRE(trouble.begin(
        {.seed = round, .rules = {{.paths = "/root/t" + std::to_string(round % 4), .throws = 0.3, .delays = 0.3, .delay_for = 1ms}}}));
    CHECK_FALSE(trouble.report_json(system.tree()).empty());
    if (round % 7 == 0) trouble.turn_off();
  }
  trouble.turn_off();
  for (const auto& to : all) CHECK(system.ask(to, ping{1}, 1min) == 1); // from outside as all before it, so behind whatever is late
  const auto ended = [&] {
    std::uint64_t sum = 0;
    for (const auto& child : system.tree().children) sum += child.messages.handled + child.messages.failed;
    return sum;
  };
  constexpr std::uint64_t sent = 100 * 5 * 4 + 4;
  while (ended() < sent) std::this_thread::yield(); // an answer may arrive before it is counted
  CHECK(ended() == sent);
}
