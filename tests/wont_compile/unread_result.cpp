// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/result.hpp>

alys::result<void> write_down();

void work() {
#ifdef ALYS_CONTROL
  if (!write_down()) return;
#else
  write_down();
#endif
}
