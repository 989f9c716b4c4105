// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

#include <string>

class talkative final : public alys::actor<talkative> {
public:
  using messages = alys::accepts<deposit>;
#ifdef ALYS_CONTROL
  int handle(const deposit& d) { return d.amount; }
#else
  std::string handle(const deposit&) { return "thank you"; }
#endif
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<talkative>("a");
}
