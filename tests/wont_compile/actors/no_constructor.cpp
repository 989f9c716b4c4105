// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class teller final : public alys::actor<teller> {
public:
  using messages = alys::accepts<closed>;
  explicit teller(alys::ref<ledger> book) : book_(std::move(book)) {}
  void handle(const closed&) {}

private:
  alys::ref<ledger> book_;
};

void declare([[maybe_unused]] const alys::ref<ledger>& book) {
  alys::supervisor_spec root{"root"};
#ifdef ALYS_CONTROL
  root.child<teller>("a", {}, {}, book);
#else
  root.child<teller>("a");
#endif
}
