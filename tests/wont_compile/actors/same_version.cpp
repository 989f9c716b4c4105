// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/snapshot.hpp>

struct counted_once {
  int sum = 0;
};
ALYS_CONFIG(counted_once, sum)
struct counted {
#ifdef ALYS_CONTROL
  static constexpr std::uint32_t version = 2;
#else
  static constexpr std::uint32_t version = 1;
#endif
  using previous = counted_once;
  static counted upgrade(counted_once&& old) { return {old.sum}; }
  long sum = 0;
};
ALYS_CONFIG(counted, sum)

auto load(std::shared_ptr<alys::snapshot_store> store) { return alys::snapshot<counted>{store, "/a"}.load(); }
