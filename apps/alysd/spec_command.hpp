// SPDX-License-Identifier: Apache-2.0
//
// Chain specs on the command line: checked, and made of the JSON of the earlier implementation.
#pragma once

#include "exit_codes.hpp"

#include <string>

namespace alysd {

// Prints the spec and its commitment, or everything that is wrong with the file.
[[nodiscard]] exit_code check_spec(const std::string& file);

struct spec_import {
  std::string json;
  std::string additions; // a file; empty: none
  bool form = false;     // print one to fill in
};

// Prints the spec, or everything that is wrong with one of the files. What was left out is told on standard error.
[[nodiscard]] exit_code import_json(const spec_import& wanted);

} // namespace alysd
