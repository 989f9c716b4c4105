// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

struct balance {
  using reply = int;
};
ALYS_MESSAGE(balance)

int look(alys::system& system, const alys::ref<ledger>& book) {
#ifdef ALYS_CONTROL
  return system.ask(book, deposit{0}, 1s).value_or(0);
#else
  return system.ask(book, balance{}, 1s).value_or(0);
#endif
}
