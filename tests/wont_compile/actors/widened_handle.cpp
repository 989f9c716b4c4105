// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

alys::ref_to<deposit> narrow(const alys::ref<ledger>& book) { return book; }
#ifndef ALYS_CONTROL
alys::ref_to<deposit, closed> widen(const alys::ref<ledger>& book) { return book; }
#endif
