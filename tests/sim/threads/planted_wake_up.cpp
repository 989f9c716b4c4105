// SPDX-License-Identifier: Apache-2.0
//
// Linked with a run loop that falls asleep without looking once more: the test of wake_up_test.cpp must find the loss. Ends with 0 if so.
#include "sim/threads/wake_up.hpp"

#include <cstdio>

int main() {
  constexpr std::uint64_t many = 1'000'000;
  const std::uint64_t handled = alys::sim::handled_one_by_one(many, false, std::chrono::milliseconds{500});
  std::printf("%llu messages were handled before one was not\n", static_cast<unsigned long long>(handled));
  return handled < many ? 0 : 1;
}
