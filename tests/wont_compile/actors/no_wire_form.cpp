// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/snapshot.hpp>

struct counted {
#ifdef ALYS_CONTROL
  int sum = 0;
#else
  int* sum = nullptr;
#endif
};
ALYS_CONFIG(counted, sum)

void save(std::shared_ptr<alys::snapshot_store> store) { alys::snapshot<counted>{store, "/a"}.save({}).value(); }
