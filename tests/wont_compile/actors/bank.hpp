// SPDX-License-Identifier: Apache-2.0
//
// What the actors of these tests have in common.
#pragma once

#include <alys/actors.hpp>

#include <chrono>
#include <memory>

using namespace std::chrono_literals;

struct deposit {
  using reply = int;
  int amount = 0;
};
struct closed {
  int account = 0;
};
ALYS_MESSAGE(deposit, amount)
ALYS_MESSAGE(closed, account)

class ledger final : public alys::actor<ledger> {
public:
  using messages = alys::accepts<deposit>;
  int handle(const deposit& d) { return d.amount; }
};
