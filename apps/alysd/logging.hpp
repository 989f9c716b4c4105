// SPDX-License-Identifier: Apache-2.0
//
// Where log lines go: to standard error, for people on a terminal and as one JSON object a line otherwise.
#pragma once

#include "config.hpp"

#include <alys/actors/observer.hpp>

namespace alysd {

// Thread-safe; lives as long as the copies of what it returns.
[[nodiscard]] alys::log_sink make_log(const log_config& config);

} // namespace alysd
