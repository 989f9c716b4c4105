// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

void declare() {
  alys::supervisor_spec root{"root"};
#ifdef ALYS_CONTROL
  root.child<ledger>("a", {}, {.restart = alys::backoff{.initial = 10ms}});
#else
  root.child<ledger>("a", {}, {.restart = alys::backoff{.inital = 10ms}});
#endif
}
