// SPDX-License-Identifier: Apache-2.0
//
// Configurations from files and from the command line.
#pragma once

#include "node.hpp"

#include <string>

namespace alysd {

// Checks the configuration, then runs it.
[[nodiscard]] exit_code run_checked(const node_config& config, const node_options& options);
[[nodiscard]] exit_code run_from_file(const std::string& file);
// Prints the effective configuration, or everything that is wrong with the file, or with the chain spec or the key file that it names.
[[nodiscard]] exit_code check_config(const std::string& file);

} // namespace alysd
