// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

class clerk final : public alys::actor<clerk> {
public:
  using messages = alys::accepts<closed>;
  void handle(const closed&) {}
};

class teller final : public alys::actor<teller> {
public:
  using messages = alys::accepts<closed>;
  using asks = alys::to<clerk>;
  explicit teller(alys::ref<clerk> to) : to_(std::move(to)) {}
  void handle(const closed& c) {
#ifdef ALYS_CONTROL
    send(to_, c);
#else
    ask(to_, c, 1s);
#endif
  }

private:
  alys::ref<clerk> to_;
};

void declare(const alys::ref<clerk>& to) {
  alys::supervisor_spec root{"root"};
  root.child<teller>("a", {}, {}, to);
}
