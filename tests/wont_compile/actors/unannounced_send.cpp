// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

struct quiet {
  int number = 0;
};

void tell(const alys::ref<ledger>& book) {
#ifdef ALYS_CONTROL
  send(book, deposit{1});
#else
  send(book, quiet{1});
#endif
}
