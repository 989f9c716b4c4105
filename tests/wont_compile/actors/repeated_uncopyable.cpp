// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

struct parcel {
  std::unique_ptr<int> content;
};
ALYS_MESSAGE(parcel, content)

class clerk final : public alys::actor<clerk> {
public:
  using messages = alys::accepts<parcel>;
  void initialize() {
#ifdef ALYS_CONTROL
    after(1s, parcel{});
#else
    every(1s, parcel{});
#endif
  }
  void handle(const parcel&) {}
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<clerk>("a");
}
