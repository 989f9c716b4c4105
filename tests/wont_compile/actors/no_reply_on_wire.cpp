// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/actor.hpp>
#include <alys/actors/remote.hpp>

struct look_up {
#ifdef ALYS_CONTROL
  using reply = int;
#else
  using reply = int*;
#endif
};
ALYS_MESSAGE(look_up)

alys::ref_to<look_up> connect(const alys::remote_node& there) { return there.handle_to<look_up>("dictionary"); }
