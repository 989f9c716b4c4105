// SPDX-License-Identifier: Apache-2.0
//
// An actor that looks at the tree it lives in.
#include <alys/actors.hpp>
#include <alys/actors/introspection.hpp>

#include <iostream>

using namespace std::chrono_literals;

struct sell { using reply = void; std::string item; };
struct how_are_the_tills { using reply = std::string; };
ALYS_MESSAGE(sell, item)
ALYS_MESSAGE(how_are_the_tills)

class till final : public alys::actor<till> {
public:
  using messages = alys::accepts<sell>;
  void handle(const sell& s) {
    if (s.item == "unicorn") throw std::runtime_error("no price for a unicorn");
  }
};

class manager final : public alys::actor<manager> {
public:
  using messages = alys::accepts<how_are_the_tills>;
  using asks = alys::to<alys::introspection>;
  explicit manager(alys::ref<alys::introspection> tree) : tree_(std::move(tree)) {}

  alys::task<std::string> handle(const how_are_the_tills&) {
    auto question = ask(tree_, alys::get_tree{"/shop/tills"}, 1s);
    const alys::tree_node tills = co_await question.or_return();
    std::string said = tills.policy;
    for (const auto& each : tills.children) {
      said += "\n" + each.name + ": restarts " + std::to_string(each.restarts);
      if (!each.failures.empty()) said += ", last failure: " + each.failures.back().what.message();
    }
    co_return said;
  }

private:
  alys::ref<alys::introspection> tree_;
};

int main() {
  alys::supervisor_spec root{"shop"};
  auto& tills = root.supervisor("tills", alys::one_for_one{.restarts = 5, .within = 10s});
  (void)tills.child<till>("left");
  auto right = tills.child<till>("right");
  auto tree = root.child<alys::introspection>("tree");
  auto boss = root.child<manager>("manager", {}, {}, tree);
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});

  (void)system.ask(right, sell{"unicorn"}, 5s);
  (void)system.ask(right, sell{"pear"}, 5s); // comes after the restart
  std::cout << system.ask(boss, how_are_the_tills{}, 5s).value() << '\n';
}
