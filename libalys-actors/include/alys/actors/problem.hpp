// SPDX-License-Identifier: Apache-2.0
//
// Problems found while checking a declaration or a configuration: all of them at once, each with the place it is about.
//
// A start that is refused after the first mistake makes its author run it once per mistake. So every check appends to one list and goes
// on; whoever asked for the checks decides what to do with a list that is not empty.
//
// ```cpp
// struct queue_options {
//   int depth = 10;
//   void validate(alys::problem_list& problems) const {
//     if (depth <= 0) problems.push_back({"depth", "must be at least 1"});
//   }
// };
// ```
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alys {

// One mistake: where (an option's name, a config key, a path in the tree) and what is wrong, in words that say what is allowed.
struct problem {
  std::string path;
  std::string text;
  friend bool operator==(const problem&, const problem&) = default;
};

using problem_list = std::vector<problem>;

// Appends `inner` to `into`, each path with `prefix` put before it as it stands: "restart." makes "restart.cap" of "cap".
inline void add_problems(problem_list& into, std::string_view prefix, problem_list inner) {
  for (problem& p : inner) into.push_back({std::string{prefix} + p.path, std::move(p.text)});
}

// One problem a line: "path: text".
[[nodiscard]] inline std::string to_string(const problem_list& problems) {
  std::string lines;
  for (const problem& p : problems) lines += (lines.empty() ? "" : "\n") + p.path + ": " + p.text;
  return lines;
}

} // namespace alys
