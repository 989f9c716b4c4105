// SPDX-License-Identifier: Apache-2.0
#include "signals.hpp"

namespace alysd {

namespace {

[[nodiscard]] bool is_ignored(int signal) {
  struct sigaction current {};
  return sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
}

} // namespace

stop_signals::stop_signals() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGINT);
  sigaddset(&set_, SIGTERM);
  if (!is_ignored(SIGHUP)) sigaddset(&set_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN); // a write beyond the limit of file sizes fails then, and the node says so
}

std::string_view stop_signals::wait(std::chrono::milliseconds most) const {
  const timespec time{static_cast<time_t>(most.count() / 1'000), static_cast<long>(most.count() % 1'000 * 1'000'000)};
  switch (sigtimedwait(&set_, nullptr, &time)) {
    case SIGINT: return "SIGINT";
    case SIGTERM: return "SIGTERM";
    case SIGHUP: return "SIGHUP";
    default: return {};
  }
}

} // namespace alysd
