// SPDX-License-Identifier: Apache-2.0
#include "signals.hpp"

namespace alysd {

stop_signals::stop_signals() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGINT);
  sigaddset(&set_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

bool stop_signals::wait(std::chrono::milliseconds most) const {
  const timespec time{static_cast<time_t>(most.count() / 1'000), static_cast<long>(most.count() % 1'000 * 1'000'000)};
  return sigtimedwait(&set_, nullptr, &time) > 0;
}

} // namespace alysd
