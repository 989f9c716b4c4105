// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class eager final : public alys::actor<eager> {
public:
  using messages = alys::accepts<closed>;
#ifdef ALYS_CONTROL
  alys::result<void> initialize() { return {}; }
#else
  bool initialize() { return true; }
#endif
  void handle(const closed&) {}
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<eager>("a");
}
