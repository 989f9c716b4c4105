// SPDX-License-Identifier: Apache-2.0
//
// What a user's function throws, as an error.
#pragma once

#include <alys/actors/fault.hpp>

namespace alys::detail {

// Runs `work`. No error: it came to its end.
template <class Work>
[[nodiscard]] error error_thrown_by(Work work) noexcept {
  try {
    work();
  } catch (const std::exception& e) {
    return from_exception(e);
  } catch (...) {
    return from_exception(std::current_exception());
  }
  return {};
}

} // namespace alys::detail
