// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

alys::child_options patient() {
#ifdef ALYS_CONTROL
  return {.stop_within = 10ms};
#else
  return {.stop_within = 10};
#endif
}
