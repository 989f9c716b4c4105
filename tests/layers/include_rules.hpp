// SPDX-License-Identifier: Apache-2.0
//
// Which file may include which: the layers of the project as rules over `#include` lines.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace layers {

// The sources to judge: path from the root of the repository -> text.
using tree = std::map<std::string, std::string>;

// The sources of the domain by kind, as its CMake files list them: paths like those of the tree.
struct domain_sources {
  std::set<std::string> rules;
  std::set<std::string> actors;
  std::set<std::string> adapters;
};

// One line for each include that breaks a rule: "<file>: <include>: <the rule>".
[[nodiscard]] std::vector<std::string> violations(const tree& files, const domain_sources& kinds);

} // namespace layers
