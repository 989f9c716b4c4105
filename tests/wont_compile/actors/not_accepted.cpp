// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

void tell(const alys::ref<ledger>& book) {
#ifdef ALYS_CONTROL
  send(book, deposit{1});
#else
  send(book, closed{1});
#endif
}
