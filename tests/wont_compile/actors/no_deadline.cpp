// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

int look(alys::system& system, const alys::ref<ledger>& book) {
#ifdef ALYS_CONTROL
  return system.ask(book, deposit{1}, 1s).value_or(0);
#else
  return system.ask(book, deposit{1}).value_or(0);
#endif
}
