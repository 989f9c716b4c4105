// SPDX-License-Identifier: Apache-2.0
//
// The signals that end a node in order, as something that one thread waits for.
#pragma once

#include <chrono>
#include <csignal>
#include <string_view>

namespace alysd {

// From its making on, this thread and all that it starts leave SIGINT, SIGTERM and SIGHUP to wait(), and a closed pipe is an error of the write
// and not the end of the process. SIGHUP is left alone where the process was started with it ignored, as by nohup(1).
class stop_signals {
public:
  stop_signals();
  // The name of one that came within `most`, such as "SIGTERM"; empty if none did.
  [[nodiscard]] std::string_view wait(std::chrono::milliseconds most) const;

private:
  sigset_t set_{};
};

} // namespace alysd
