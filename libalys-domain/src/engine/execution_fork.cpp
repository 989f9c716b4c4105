// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/engine/execution_fork.hpp>

namespace alys::domain {

std::string_view to_string(execution_fork fork) noexcept {
  switch (fork) {
    case execution_fork::shanghai: return "shanghai";
    case execution_fork::cancun: return "cancun";
    case execution_fork::prague: return "prague";
  }
  return "unknown";
}

execution_fork fork_at(const execution_forks& forks, unix_seconds time) noexcept {
  if (forks.prague && time >= *forks.prague) return execution_fork::prague;
  if (forks.cancun && time >= *forks.cancun) return execution_fork::cancun;
  return execution_fork::shanghai;
}

execution_fork last_of(const execution_forks& forks) noexcept {
  if (forks.prague) return execution_fork::prague;
  return forks.cancun ? execution_fork::cancun : execution_fork::shanghai;
}

} // namespace alys::domain
