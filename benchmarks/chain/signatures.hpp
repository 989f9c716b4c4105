// SPDX-License-Identifier: Apache-2.0
//
// What a signature check costs on one core, beside libsecp256k1 alone.
#pragma once

#include "report.hpp"

namespace bench {

void measure_signatures(figures& into, bool raw_first);

} // namespace bench
