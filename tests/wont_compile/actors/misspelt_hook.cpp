// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class british final : public alys::actor<british> {
public:
  using messages = alys::accepts<closed>;
#ifdef ALYS_CONTROL
  void initialize() {}
#else
  void initialise() {}
#endif
  void handle(const closed&) {}
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<british>("a");
}
