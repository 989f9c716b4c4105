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
  alys::result<int> prepare(const limits& next) { return next.most; }
  void apply(int) noexcept {}
#else
  alys::result<int> prepare(const limits& next) { return next.most; }
#endif
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<keeper>("a");
}
