// SPDX-License-Identifier: Apache-2.0
//
// Where log lines go: to standard error, for people on a terminal and as one JSON object a line otherwise.
#pragma once

#include "config.hpp"

#include <alys/actors/observer.hpp>

namespace alysd {

// Both thread-safe; the log lives as long as the copies of either.
struct node_log {
  alys::log_sink sink;
  std::function<void(const std::string&)> set_level; // "debug", "info", "warning" or "error"
};
[[nodiscard]] node_log make_log(const log_config& config);

} // namespace alysd
