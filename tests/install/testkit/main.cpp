// SPDX-License-Identifier: Apache-2.0
//
// An hour passes at once in the test kit, from the installed package.
#include <alys/testkit.hpp>

#include <chrono>
#include <iostream>

using namespace std::chrono_literals;

struct tick {
  using reply = int;
};
ALYS_MESSAGE(tick)

class counter final : public alys::actor<counter> {
public:
  using messages = alys::accepts<tick>;
  int handle(const tick&) { return ++ticks_; }

private:
  int ticks_ = 0;
};

int main() {
  alys::testkit::bench t;
  const auto ticks = t.child<counter>();
  t.advance(1h);
  std::cout << t.ask(ticks, tick{}).value() << '\n';
}
