// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

struct quiet {
  int number = 0;
};
#ifdef ALYS_CONTROL
ALYS_MESSAGE(quiet, number)
#endif

class hermit final : public alys::actor<hermit> {
public:
  using messages = alys::accepts<quiet>;
  void handle(const quiet&) {}
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<hermit>("a");
}
