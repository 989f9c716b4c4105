// SPDX-License-Identifier: Apache-2.0
#include "service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace alysd {

service_manager service_manager::of_environment() {
  const char* const socket = std::getenv("NOTIFY_SOCKET");
  const char* const period = std::getenv("WATCHDOG_USEC");
  std::uint64_t microseconds = 0;
  if (period != nullptr) {
    const char* const end = period + std::strlen(period);
    const auto [stopped, problem] = std::from_chars(period, end, microseconds);
    if (problem != std::errc{} || stopped != end) microseconds = 0;
  }
  return {socket != nullptr ? socket : "", std::chrono::microseconds{microseconds}};
}

void service_manager::alive() {
  const auto now = std::chrono::steady_clock::now();
  if (watchdog_ <= watchdog_.zero() || now < next_) return;
  next_ = now + watchdog_ / 2;
  tell("WATCHDOG=1");
}

// The manager may have gone: nobody is told then, and the node goes on.
void service_manager::tell(std::string_view line) const {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (socket_.empty() || socket_.size() >= sizeof to.sun_path || (socket_.front() != '/' && socket_.front() != '@')) return;
  std::memcpy(to.sun_path, socket_.data(), socket_.size());
  if (socket_.front() == '@') to.sun_path[0] = '\0'; // the abstract namespace, see unix(7)
  const int out = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (out < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  (void)!::sendto(out, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&to), size);
  ::close(out);
}

} // namespace alysd
