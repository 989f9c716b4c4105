// SPDX-License-Identifier: Apache-2.0
//
// How alysd ends. The numbers are those of sysexits.h; docs/operations/exit-codes.md explains them to operators.
#pragma once

#include <alys/actors/error.hpp>

namespace alysd {

enum class exit_code : int {
  success = 0,
  usage = 64,         // the command line
  data_damaged = 65,  // the data folder fails its checks
  unavailable = 69,   // something is taken, as the port, or away, as the execution client
  supervision = 70,   // the tree gave up
  left_behind = 71,   // shut down, but something did not stop in time
  in_use = 75,        // another process uses the data folder
  configuration = 78, // the configuration, or files that it names
};

// For a node that did not start.
[[nodiscard]] exit_code exit_code_of(const alys::error& why) noexcept;

} // namespace alysd
