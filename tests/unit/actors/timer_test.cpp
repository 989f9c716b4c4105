// SPDX-License-Identifier: Apache-2.0
//
// Timers: they belong to the life that set them, and to nobody else's time than its own.
#include "support/actors/tree.hpp"

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// Runs `what` in the actor, and comes back when it has.
void in(alys::system& system, const ref<subject>& a, std::function<void(subject&)> what) {
  REQUIRE(system.ask(a, act{[what = std::move(what)](subject& s) {
                       what(s);
                       return 0;
                     }},
                     patience) == 0);
}

tree_node look(const alys::system& system, const std::string& path) {
  const tree_node root = system.tree();
  const tree_node* node = find(root, path);
  REQUIRE(node != nullptr);
  return *node;
}

// Can be copied so many times.
struct fragile {
  explicit fragile(int copies) : left(std::make_shared<int>(copies)) {}
  fragile(const fragile& other) : left(other.left) {
    if (--*left < 0) throw std::runtime_error("one copy too many");
  }
  fragile(fragile&&) = default;
  std::shared_ptr<int> left;
};
ALYS_MESSAGE(fragile, left)

class copies final : public actor<copies> {
public:
  using messages = accepts<fragile>;
  explicit copies(std::shared_ptr<journal> log) : log_(std::move(log)) {}
  void initialize() { every(1us, fragile{2}); }
  void handle(const fragile&) { log_->write("copy"); }

private:
  std::shared_ptr<journal> log_;
};

} // namespace

TEST_CASE("a timer sends its message once and a repeated one again and again") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  in(system, a, [](subject& s) {
    s.after(1us, note{1});
    s.every(1us, note{2});
  });
  CHECK(t.of("a").log.wait_for("note 1"));
  CHECK(t.of("a").log.wait_for("note 2", 3));
  CHECK(t.of("a").log.count("note 1") == 1);
  CHECK(eventually([&] { return look(system, "/root/a").messages.timers_fired >= 4; }));
  CHECK(look(system, "/root/a").messages.handled == 1);
}

TEST_CASE("a cancelled timer stays silent") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  in(system, a, [](subject& s) {
    const timer never = s.after(0ns, note{1});
    const timer repeated = s.every(1us, note{2});
    s.after(0ns, note{3});
    s.cancel(never);
    s.cancel(repeated);
    s.cancel(timer{});
  });
  CHECK(t.of("a").log.wait_for("note 3"));
  CHECK(t.of("a").log.count("note 1") == 0);
  CHECK(t.of("a").log.count("note 2") == 0);
}

TEST_CASE("a timer that is set at the start fires when the actor runs") {
  tree t;
  const auto a = t.add("a");
  t.of("a").construct = [](subject& s) { s.after(0ns, note{1}); };
  t.of("a").initialize = [](subject& s) -> result<void> {
    s.after(0ns, note{2});
    return {};
  };
  auto system = t.start();
  CHECK(t.of("a").log.wait_for("note 1"));
  CHECK(t.of("a").log.wait_for("note 2"));
}

TEST_CASE("a timer ends with its life and is counted") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  in(system, a, [](subject& s) { s.after(std::chrono::hours{1}, note{1}); });
  in(system, a, [](subject& s) { s.every(std::chrono::hours{1}, note{2}); });
  CHECK(system.ask(a, throwing(), patience).error().failed());
  CHECK(system.ask(a, incarnation_of(), patience) == 2);
  CHECK(look(system, "/root/a").messages.timers_dropped == 2);
}

TEST_CASE("a timer of an earlier life cannot be cancelled by mistake") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  timer old;
  in(system, a, [&](subject& s) { old = s.after(std::chrono::hours{1}, note{1}); });
  CHECK(system.ask(a, throwing(), patience).error().failed());
  in(system, a, [&](subject& s) {
    s.after(0ns, note{2});
    s.cancel(old);
  });
  CHECK(t.of("a").log.wait_for("note 2"));
}

TEST_CASE("a delay below nothing and a period of nothing are refused and any other length is not") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  in(system, a, [](subject& s) {
    CHECK_THROWS_AS(s.after(-1ns, note{1}), std::invalid_argument);
    CHECK_THROWS_AS(s.every(0ns, note{1}), std::invalid_argument);
    CHECK_NOTHROW(s.after(std::chrono::nanoseconds::max(), note{1}));
    CHECK_NOTHROW(s.every(std::chrono::nanoseconds::max(), note{1}));
    s.after(0ns, note{2});
  });
  CHECK(t.of("a").log.wait_for("note 2"));
}

TEST_CASE("a handler of a timer that throws fails its actor") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  in(system, a, [](subject& s) { s.after(0ns, perform{[](subject&) { throw std::runtime_error("thrown"); }}); });
  CHECK(t.seen->decisions.wait_for("/root/a (1): restart"));
  CHECK(t.seen->dead_letters.wait_for("alys::test::perform to /root/a: its handler failed"));
  CHECK(system.ask(a, incarnation_of(), patience) == 2);
}

TEST_CASE("a repeated message whose copy throws fails its actor") {
  supervisor_spec root{"root", one_for_one{.restarts = 1}};
  const auto seen = std::make_shared<watch>();
  const auto log = std::make_shared<journal>();
  (void)root.child<copies>("a", {}, {}, log);
  auto system = alys::system::start(root, {.log = log_to_nowhere(), .observers = {seen}});
  CHECK(system.wait_for(patience) == end_reason::budget_exhausted);
  CHECK(seen->decisions.lines() == lines{"/root/a (1): restart", "/root/a (2): restart"});
  CHECK(log->count("copy") == 4);
}
