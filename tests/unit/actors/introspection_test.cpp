// SPDX-License-Identifier: Apache-2.0
//
// The tree as a message while the tree is at work: nobody waits for anybody.
#include "support/actors/tree.hpp"

#include <alys/actors/introspection.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

TEST_CASE("looks from many threads at a tree whose children fail and come back are all answered") {
  tree t{one_for_all{.restarts = 10'000}};
  const auto view = t.root.child<introspection>("view");
  auto& team = t.root.supervisor("team", one_for_one{.restarts = 10'000});
  const auto weak = t.add(team, "weak");
  for (int i = 0; i < 300; ++i) (void)t.add(team, "strong-" + std::to_string(i));
  auto system = t.start();
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int n = 0; n < 3; ++n)
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        const auto seen = system.ask(view, get_tree{"/root/team"}, patience);
        right += seen && seen->children.size() == 301 ? 1 : 0;
      }
    });
  for (int i = 0; i < 100; ++i) (void)system.ask(weak, throwing(), patience);
  for (auto& thread : threads) thread.join();
  CHECK(right == 60);
}

TEST_CASE("a slot that is stuck in a handler is seen by a message as well") {
  tree t;
  const auto view = t.root.child<introspection>("view");
  const auto stuck = t.add("stuck");
  const auto inside = std::make_shared<gate>();
  const auto open = std::make_shared<gate>();
  auto system = t.start({.threads = 4});
  send(stuck, holding(inside, open));
  REQUIRE(inside->wait());
  const auto seen = system.ask(view, get_tree{"/root/stuck"}, patience);
  open->open();
  REQUIRE(seen);
  CHECK(seen->handling.find("act") != std::string::npos);
}
