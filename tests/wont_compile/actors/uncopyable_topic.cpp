// SPDX-License-Identifier: Apache-2.0
#include "bank.hpp"

struct parcel {
#ifdef ALYS_CONTROL
  std::shared_ptr<int> content;
#else
  std::unique_ptr<int> content;
#endif
};
ALYS_MESSAGE(parcel, content)

void declare() { alys::topic<parcel> parcels; }
