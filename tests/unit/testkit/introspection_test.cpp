// SPDX-License-Identifier: Apache-2.0
//
// The tree as a message: what an actor of the tree is told about it.
#include <alys/actors/introspection.hpp>
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace alys;
using namespace std::chrono_literals;

namespace {

struct work {
  using reply = int;
  bool fails = false;
};
ALYS_MESSAGE(work, fails)
struct look_around {
  using reply = std::string;
};
ALYS_MESSAGE(look_around)

class worker final : public actor<worker> {
public:
  using messages = accepts<work>;
  result<int> handle(const work& w) {
    if (w.fails) return fail(category::network, "the line is dead");
    return 1;
  }
};

// Asks for its own subtree, and says how it finds itself there.
class insider final : public actor<insider> {
public:
  using messages = accepts<look_around>;
  using asks = to<introspection>;
  explicit insider(ref<introspection> tree) : tree_(std::move(tree)) {}
  task<std::string> handle(const look_around&) {
    auto question = ask(tree_, get_tree{path()}, 1s);
    const tree_node me = co_await question.or_return();
    co_return me.path + " " + std::string{to_string(me.state)} + ", awaiting " + me.awaiting;
  }

private:
  ref<introspection> tree_;
};

struct town {
  town() : root("town"), tree(root.child<introspection>("tree")) {
    auto& bank = root.supervisor("bank", one_for_all{.restarts = 5});
    till = bank.child<worker>("till", {}, {.restart = backoff{.initial = 1s, .jitter = jitter::none}});
    safe = bank.child<worker>("safe", {}, {.breaker = breaker{.failures = 1, .open_for = 10s}});
    me = bank.child<insider>("me", {}, {}, tree);
  }
  supervisor_spec root;
  ref<introspection> tree;
  ref<worker> till;
  ref<worker> safe;
  ref<insider> me;
};

} // namespace

TEST_CASE("the tree comes as a message as it comes from the system") {
  town all;
  testkit::bench t{all.root};
  t.start();
  REQUIRE(t.ask(all.till, work{true}).error().failed());
  t.advance(3s);
  REQUIRE(t.ask(all.till, work{}));
  const tree_node whole = t.ask(all.tree, get_tree{}).value();
  const tree_node from_outside = t.system().tree();
  CHECK(whole.path == "/town");
  REQUIRE(find(whole, "/town/bank") != nullptr);
  CHECK(to_json(*find(whole, "/town/bank")) == to_json(*find(from_outside, "/town/bank")));
  const tree_node& till = *find(whole, "/town/bank/till");
  CHECK(till.policy == "permanent, restart backoff 1s x2 up to 30s, no jitter, mailbox 10000/1000 reject");
  CHECK(till.incarnation == 2);
  CHECK(till.messages.failed == 1);
  REQUIRE(till.failures.size() == 1);
  CHECK(till.failures[0].what.message() == "the line is dead");
  CHECK(find(whole, "/town/tree")->handling.find("get_tree") != std::string::npos); // it looks at itself at work
}

TEST_CASE("a look at one slot and what is below it is the same part of the whole") {
  town all;
  testkit::bench t{all.root};
  t.start();
  REQUIRE(t.ask(all.safe, work{true}).error().failed());
  t.advance(1s);
  const tree_node whole = t.system().tree();
  for (const std::string path : {"/town/bank", "/town/bank/till", "/town/bank/safe"})
    CHECK(to_json(t.ask(all.tree, get_tree{path}).value()) == to_json(*find(whole, path)));
  CHECK(t.ask(all.tree, get_tree{"/town"}).value().children.size() == 2);
  CHECK(t.ask(all.tree, get_tree{"/town/bank/safe"}).value().breaker->state == breaker_state::open);
}

TEST_CASE("a look at a slot that is not there is refused") {
  town all;
  testkit::bench t{all.root};
  t.start();
  for (const std::string path :
       {"/", "town", "/towns", "/town/", "/town/bank/", "/town/bank/vault", "/town/bank/till/deeper", "//town", "/bank"}) {
    const auto answer = t.ask(all.tree, get_tree{path});
    REQUIRE_FALSE(answer);
    CHECK(answer == errc::no_such_path);
    CHECK(answer.error().text() == path);
    CHECK(answer.error().kind() == error_kind::refused);
  }
}

TEST_CASE("an actor that asks for itself sees itself wait for the answer") {
  town all;
  testkit::bench t{all.root};
  t.start();
  const std::string said = t.ask(all.me, look_around{}).value();
  CHECK(said.find("/town/bank/me running, awaiting ") == 0);
  CHECK(said.find("look_around") != std::string::npos);
}

TEST_CASE("a look at thousands of slots shows each once and in order") {
  supervisor_spec root{"root"};
  const auto tree = root.child<introspection>("tree");
  constexpr int many = 2'000;
  for (int i = 0; i < many; ++i) (void)root.child<worker>("w" + std::to_string(i));
  testkit::bench t{root};
  t.start();
  const tree_node seen = t.ask(tree, get_tree{}, 10s).value();
  REQUIRE(seen.children.size() == many + 1);
  for (int i = 0; i < many; ++i) REQUIRE(seen.children[static_cast<std::size_t>(i) + 1].name == "w" + std::to_string(i));
  CHECK(seen.health.state == health_state::healthy);
}

TEST_CASE("a slot's uptime is the time since its incarnation runs") {
  town all;
  testkit::bench t{all.root};
  t.start();
  t.advance(5s);
  const auto uptime = [&](const std::string& path) { return t.ask(all.tree, get_tree{path}).value().uptime; };
  CHECK(uptime("/town/bank/till") == 5s);
  CHECK(uptime("/town/bank") == 5s);
  CHECK(to_json(t.ask(all.tree, get_tree{"/town/bank/till"}).value()).find(R"("uptime_ms":5000)") != std::string::npos);
  REQUIRE(t.ask(all.till, work{true}).error().failed());
  t.advance(500ms);
  CHECK(uptime("/town/bank/till") == 0s); // it waits for its restart
  t.advance(2s);
  CHECK(uptime("/town/bank/till") == 1500ms);
  CHECK(uptime("/town/bank") == 7500ms);
}

TEST_CASE("two looks give the rate of messages between them") {
  town all;
  testkit::bench t{all.root};
  t.start();
  const auto look = [&] { return t.ask(all.tree, get_tree{"/town/bank/till"}).value(); };
  const tree_node before = look();
  for (int i = 0; i < 30; ++i) REQUIRE(t.ask(all.till, work{}));
  REQUIRE(t.ask(all.till, work{true}).error().failed());
  t.advance(2s);
  const tree_node after = look();
  CHECK(messages_per_second(before, after) == Approx(15.5));
  CHECK(messages_per_second(after, after) == 0);
  CHECK(messages_per_second(after, before) == 0);
}
