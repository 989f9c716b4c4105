// SPDX-License-Identifier: Apache-2.0
//
// Chaos injects what its rules say, where they say it, the same for the same seed; and the tree accounts for all of it.
#include <alys/actors/chaos.hpp>
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

#include <limits>

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
  auto root = patient();
  root.child<target>("hit");
  CHECK_THROWS_WITH(make({{.paths = "/root/bnk/*"}}).join(root), Contains("no actor under /root is named by \"/root/bnk/*\""));
}
