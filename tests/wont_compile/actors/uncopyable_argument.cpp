// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class owner final : public alys::actor<owner> {
public:
  using messages = alys::accepts<closed>;
  explicit owner(const std::unique_ptr<int>&) {}
  explicit owner(std::shared_ptr<int>) {}
  void handle(const closed&) {}
};

void declare() {
  alys::supervisor_spec root{"root"};
#ifdef ALYS_CONTROL
  root.child<owner>("a", {}, {}, std::make_shared<int>(1));
#else
  root.child<owner>("a", {}, {}, std::make_unique<int>(1));
#endif
}
