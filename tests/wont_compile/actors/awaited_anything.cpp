// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class teller final : public alys::actor<teller> {
public:
  using messages = alys::accepts<deposit>;
  using asks = alys::to<ledger>;
  explicit teller(alys::ref<ledger> book) : book_(std::move(book)) {}
  alys::task<int> handle(const deposit& d) {
#ifdef ALYS_CONTROL
    co_await sleep(1s);
#else
    co_await std::suspend_always{};
#endif
    co_return d.amount;
  }

private:
  alys::ref<ledger> book_;
};

void declare(const alys::ref<ledger>& book) {
  alys::supervisor_spec root{"root"};
  root.child<teller>("a", {}, {}, book);
}
