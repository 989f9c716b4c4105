// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class teller final : public alys::actor<teller> {
public:
  using messages = alys::accepts<deposit>;
  using asks = alys::to<ledger>;
  explicit teller(alys::ref<ledger> book) : book_(std::move(book)) {}
#ifdef ALYS_CONTROL
  alys::task<int, alys::reentrant> handle(const deposit& d) {
#else
  alys::task<int, alys::overflow> handle(const deposit& d) {
#endif
    co_await sleep(1s);
    co_return d.amount;
  }

private:
  alys::ref<ledger> book_;
};

void declare(const alys::ref<ledger>& book) {
  alys::supervisor_spec root{"root"};
  root.child<teller>("a", {}, {}, book);
}
