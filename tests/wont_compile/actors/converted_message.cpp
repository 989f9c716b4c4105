// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

// A handler for something that the message converts to is no handler for the message.
struct anything {
  anything(const closed&) {} // NOLINT(google-explicit-constructor)
};

class lenient final : public alys::actor<lenient> {
public:
  using messages = alys::accepts<closed>;
#ifdef ALYS_CONTROL
  void handle(const closed&) {}
#else
  void handle(const anything&) {}
#endif
};

void declare() {
  alys::supervisor_spec root{"root"};
  root.child<lenient>("a");
}
