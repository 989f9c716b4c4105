// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/actor.hpp>
#include <alys/actors/remote.hpp>

struct named {
  explicit named(int number) : n(number) {}
#ifdef ALYS_CONTROL
  named() = default;
#endif
  int n = 0;
};
ALYS_MESSAGE(named, n)

alys::ref_to<named> connect(const alys::remote_node& there) { return there.handle_to<named>("dictionary"); }
