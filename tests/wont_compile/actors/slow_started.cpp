// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class slow final : public alys::actor<slow> {
public:
  using messages = alys::accepts<closed>;
#ifdef ALYS_CONTROL
  alys::promise<void> initialize() { return {}; }
#else
  alys::promise<void> started() { return {}; }
#endif
  void handle(const closed&) {}
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<slow>("a");
}
