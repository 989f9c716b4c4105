// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include "measure.hpp"

#include <fmt/core.h>

#include <fstream>
#include <iostream>
#include <stdexcept>

namespace bench {

void print(const figures& all) {
  fmt::print("{:<34}{:>12}{:>12}{:>12}\n", "", "median", "least", "most");
  for (const auto& [key, values] : all)
    fmt::print("{:<34}{:>12.3f}{:>12.3f}{:>12.3f}\n", key, median(values), quantile(values, 0.0), quantile(values, 1.0));
}

void write_json(const figures& all, const std::string& file) {
  std::string text;
  for (const auto& [key, values] : all) text += fmt::format("{}  \"{}\": {:.4f}", text.empty() ? "{\n" : ",\n", key, median(values));
  text += "\n}\n";
  std::ofstream named;
  if (file != "-") named.open(file);
  std::ostream& out = file != "-" ? named : std::cout;
  if (!(out << text << std::flush)) throw std::runtime_error("cannot write " + file);
}

std::string json_file(const std::vector<std::string>& arguments, std::size_t& at) {
  const bool named = at + 1 < arguments.size() && !arguments[at + 1].starts_with("--");
  return named ? arguments[++at] : "-";
}

} // namespace bench
