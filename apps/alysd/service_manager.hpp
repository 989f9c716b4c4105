// SPDX-License-Identifier: Apache-2.0
//
// What the node tells systemd, by the protocol of sd_notify(3): a line to the socket that NOTIFY_SOCKET names. Without one, nothing.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace alysd {

class service_manager {
public:
  // As the environment says: NOTIFY_SOCKET, and WATCHDOG_USEC if the manager wants signs of life.
  [[nodiscard]] static service_manager of_environment();
  service_manager(std::string socket, std::chrono::microseconds watchdog) : socket_(std::move(socket)), watchdog_(watchdog) {}

  void ready() const { tell("READY=1"); }
  void stopping() const { tell("STOPPING=1"); }
  // A sign of life, not more often than needed: twice in the manager's period. Call it only while the node is alive.
  void alive();

private:
  void tell(std::string_view line) const;

  std::string socket_;
  std::chrono::microseconds watchdog_; // 0: none is wanted
  std::chrono::steady_clock::time_point next_{};
};

} // namespace alysd
