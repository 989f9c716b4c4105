// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class teller final : public alys::actor<teller> {
public:
  using messages = alys::accepts<deposit>;
  using asks = alys::to<ledger>;
  explicit teller(alys::ref<ledger> book) : book_(std::move(book)) {}
  alys::task<int> handle(const deposit& d) {
#ifdef ALYS_CONTROL
    auto written = ask(book_, deposit{d.amount}, 1s);
    co_return co_await written;
#else
    co_return co_await ask(book_, deposit{d.amount}, 1s);
#endif
  }

private:
  alys::ref<ledger> book_;
};

void declare(const alys::ref<ledger>& book) {
  alys::supervisor_spec root{"root"};
  root.child<teller>("a", {}, {}, book);
}
