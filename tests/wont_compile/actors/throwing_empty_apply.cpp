// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

struct limits {
  int most = 1;
};
ALYS_CONFIG(limits, most)

class keeper final : public alys::actor<keeper, limits> {
public:
  using messages = alys::accepts<closed>;
  void handle(const closed&) {}
#ifdef ALYS_CONTROL
  alys::result<void> prepare(const limits&) { return {}; }
  void apply() noexcept {}
#else
  alys::result<void> prepare(const limits&) { return {}; }
  void apply() {}
#endif
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<keeper>("a");
}
