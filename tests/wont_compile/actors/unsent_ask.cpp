// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class teller final : public alys::actor<teller> {
public:
  using messages = alys::accepts<closed>;
  using asks = alys::to<ledger>;
  explicit teller(alys::ref<ledger> book) : book_(std::move(book)) {}
  void handle(const closed&) {
#ifdef ALYS_CONTROL
    ask(book_, deposit{1}, 1s).then([](int){}, [](const alys::error&){});
#else
    ask(book_, deposit{1}, 1s);
#endif
  }

private:
  alys::ref<ledger> book_;
};

void declare(const alys::ref<ledger>& book) {
  alys::supervisor_spec root{"root"};
  root.child<teller>("a", {}, {}, book);
}
