// SPDX-License-Identifier: Apache-2.0
//
// Test vectors from the fenced `vectors` block of a page: lines `name = value`, where an indented line continues the value above it.
#pragma once

#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

namespace alys::test {

class vectors {
public:
  explicit vectors(const std::string& page) {
    std::ifstream in{page};
    if (!in) throw std::runtime_error("cannot read " + page);
    std::string line;
    while (std::getline(in, line) && line != "```vectors") {}
    std::string name;
    while (std::getline(in, line) && line != "```") {
      if (line.empty() || line.front() == '#') continue;
      if (line.starts_with("  ")) {
        values_.at(name) += line.substr(2);
        continue;
      }
      const auto middle = line.find(" =");
      if (middle == std::string::npos) throw std::runtime_error(page + ": no vector: " + line);
      name = line.substr(0, middle);
      values_[name] = line.size() > middle + 3 ? line.substr(middle + 3) : "";
    }
    if (line != "```") throw std::runtime_error(page + " has no finished block of vectors");
  }

  [[nodiscard]] bool has(const std::string& name) const { return values_.contains(name); }
  [[nodiscard]] const std::string& at(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) throw std::runtime_error("no vector " + name);
    return found->second;
  }

private:
  std::map<std::string, std::string> values_;
};

} // namespace alys::test
