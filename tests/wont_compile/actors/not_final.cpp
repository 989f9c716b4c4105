// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

#ifdef ALYS_CONTROL
class open final : public alys::actor<open> {
#else
class open : public alys::actor<open> {
#endif
public:
  using messages = alys::accepts<closed>;
  void handle(const closed&) {}
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<open>("a");
}
