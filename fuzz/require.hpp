// SPDX-License-Identifier: Apache-2.0
//
// What a fuzz target says when it has found something.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace fuzz {

// Ends the process, as libFuzzer expects of a finding, if `holds` is false.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

} // namespace fuzz
