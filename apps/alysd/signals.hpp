// SPDX-License-Identifier: Apache-2.0
//
// SIGINT and SIGTERM as something that one thread waits for.
#pragma once

#include <chrono>
#include <csignal>

namespace alysd {

// Blocks the two signals for this thread and all that it starts, from its making on.
class stop_signals {
public:
  stop_signals();
  // True if one came within `most`.
  [[nodiscard]] bool wait(std::chrono::milliseconds most) const;

private:
  sigset_t set_{};
};

} // namespace alysd
