// SPDX-License-Identifier: Apache-2.0
//
// Another program's figures.
#pragma once

#include <string>
#include <vector>

namespace bench {

// Runs a program, found on the PATH, and reads what it prints: numbers between white space. Throws std::runtime_error if it cannot be run,
// fails, or prints none.
[[nodiscard]] std::vector<double> numbers_printed_by(const std::vector<std::string>& command);

} // namespace bench
