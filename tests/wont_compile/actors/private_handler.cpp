// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class secretive final : public alys::actor<secretive> {
public:
  using messages = alys::accepts<deposit>;

private:
#ifdef ALYS_CONTROL
  friend alys::access;
#endif
  int handle(const deposit& d) { return d.amount; }
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<secretive>("a");
}
