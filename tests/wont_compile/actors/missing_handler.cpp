// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class forgetful final : public alys::actor<forgetful> {
public:
  using messages = alys::accepts<deposit, closed>;
  int handle(const deposit& d) { return d.amount; }
#ifdef ALYS_CONTROL
  void handle(const closed&) {}
#endif
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<forgetful>("a");
}
