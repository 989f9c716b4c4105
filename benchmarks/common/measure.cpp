// SPDX-License-Identifier: Apache-2.0
#include "measure.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

namespace bench {

nanoseconds processor_time() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& t) { return std::chrono::seconds{t.tv_sec} + std::chrono::microseconds{t.tv_usec}; };
  return of(used.ru_utime) + of(used.ru_stime);
}

std::uint64_t resident_bytes() {
  std::ifstream pages("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  pages >> all >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

} // namespace bench
