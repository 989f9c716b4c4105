// SPDX-License-Identifier: Apache-2.0
#include "process.hpp"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace soak {

namespace {

[[nodiscard]] std::size_t entries_of(const char* folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder}, std::filesystem::directory_iterator{}));
}

} // namespace

holdings look_at_this_process() {
  malloc_trim(0);
  std::size_t total_pages = 0;
  std::size_t resident_pages = 0;
  std::ifstream{"/proc/self/statm"} >> total_pages >> resident_pages;
  const double page_mb = static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
  return {static_cast<double>(resident_pages) * page_mb, entries_of("/proc/self/fd"), entries_of("/proc/self/task")};
}

double growth_mb(const std::vector<double>& resident_mb) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < resident_mb.size(); ++i) {
    for (std::size_t j = i + 1; j < resident_mb.size(); ++j)
      slopes.push_back((resident_mb[j] - resident_mb[i]) / static_cast<double>(j - i));
  }
  const auto middle = slopes.begin() + static_cast<std::ptrdiff_t>(slopes.size() / 2);
  std::nth_element(slopes.begin(), middle, slopes.end());
  return *middle * static_cast<double>(resident_mb.size() - 1);
}

} // namespace soak
