// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class clerk final : public alys::actor<clerk> {
public:
  using messages = alys::accepts<closed>;
  void initialize() {
#ifdef ALYS_CONTROL
    after(1s, closed{1});
#else
    after(1s, deposit{1});
#endif
  }
  void handle(const closed&) {}
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<clerk>("a");
}
