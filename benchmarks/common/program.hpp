// SPDX-License-Identifier: Apache-2.0
//
// The frame of a benchmark program: its options, its repetitions, its report.
#pragma once

#include "report.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

// `--name VALUE`
struct option {
  std::string name;
  std::string value; // unless told otherwise
  std::string help;
};

// The values of a program's options.
class settings {
public:
  explicit settings(std::vector<option> all) : all_(std::move(all)) {}
  [[nodiscard]] const std::string& text(const std::string& name) const;
  // Throw std::runtime_error for what is not one: a number of more than 0, a whole number of at least 1.
  [[nodiscard]] double number(const std::string& name) const;
  [[nodiscard]] std::size_t count(const std::string& name) const;
  // False if there is no such option.
  [[nodiscard]] bool set(const std::string& name, const std::string& value);

private:
  [[nodiscard]] const option& find(const std::string& name) const;
  std::vector<option> all_;
};

struct program {
  std::string name;
  std::string repetitions; // unless told otherwise
  std::vector<option> options;
  // Adds what one repetition found.
  void (*measure)(figures& into, std::size_t repetition, const settings& how);
};

// Reads the arguments, measures, and reports; answers the exit code. With arguments that it does not know: the usage, and 2.
[[nodiscard]] int run_program(const program& what, const std::vector<std::string>& arguments);

// glibc moves its thresholds as a program runs, which makes the second contender faster than the first.
void hold_malloc_still();

} // namespace bench
