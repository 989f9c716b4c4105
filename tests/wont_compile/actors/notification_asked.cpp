// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class clerk final : public alys::actor<clerk> {
public:
  using messages = alys::accepts<closed, deposit>;
  void handle(const closed&) {}
  int handle(const deposit& d) { return d.amount; }
};

void close(alys::system& system, const alys::ref<clerk>& to) {
#ifdef ALYS_CONTROL
  (void)system.ask(to, deposit{1}, 1s);
#else
  (void)system.ask(to, closed{1}, 1s);
#endif
}
