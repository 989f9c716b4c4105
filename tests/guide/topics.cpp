// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>

#include <iostream>

using namespace std::chrono_literals;

struct price { int cents = 0; };
struct last_price { using reply = int; };
ALYS_MESSAGE(price, cents)
ALYS_MESSAGE(last_price)

class ticker final : public alys::actor<ticker> {
public:
  using messages = alys::accepts<price, last_price>;
  explicit ticker(alys::topic<price> prices) { prices.subscribe(self()); }
  void handle(const price& p) { last_ = p.cents; }
  int handle(const last_price&) { return last_; }

private:
  int last_ = 0;
};

int main() {
  const alys::topic<price> prices; // a value: give it to whom it concerns, as a constructor's argument
  alys::supervisor_spec root{"exchange"};
  auto lobby = root.child<ticker>("lobby", {}, {}, prices);
  auto street = root.child<ticker>("street", {}, {}, prices);
  auto system = alys::system::start(root);

  const alys::publication told = prices.publish({.cents = 5});
  std::cout << told.delivered << " delivered, " << told.missed << " missed\n";
  for (const auto& each : {lobby, street}) std::cout << system.ask(each, last_price{}, 1s).value() << '\n';
}
