// SPDX-License-Identifier: Apache-2.0
//
// A bank in trouble: some of its handlers throw, some fail, some messages come late and some answers get lost; and the tree heals. The seed
// says which.
#include <alys/actors/chaos.hpp>
#include <alys/testkit.hpp>

#include <iostream>

using namespace std::chrono_literals;

struct deposit { using reply = int; int amount; };
ALYS_MESSAGE(deposit, amount)

class account final : public alys::actor<account> {
public:
  using messages = alys::accepts<deposit>;
  int handle(const deposit& d) { return d.amount; }
};

int main() {
  alys::supervisor_spec root{"root", alys::one_for_one{.restarts = 1'000, .within = 1s}};
  const auto alice = root.child<account>("alice");
  const auto bob = root.child<account>("bob");
  const alys::chaos trouble{{.seed = 11, .rules = {{.paths = "/root/a*", .throws = 0.1, .fails = 0.05, .loses_reply = 0.05, .delays = 0.1}}}};
  trouble.join(root);

  alys::testkit::bench t{root}; // virtual time: the same seed, the same trouble
  int answered = 0;
  for (int i = 0; i < 200; ++i) answered += (t.ask(alice, deposit{1}, 1s) ? 1 : 0) + (t.ask(bob, deposit{1}, 1s) ? 1 : 0);
  trouble.turn_off();
  const bool healed = t.ask(alice, deposit{1}, 1s) == 1;

  std::cout << trouble.report(t.tree()) << answered << " of 400 answered; afterwards alice " << (healed ? "answers" : "is silent") << '\n';
}
