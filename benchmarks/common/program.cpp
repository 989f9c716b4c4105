// SPDX-License-Identifier: Apache-2.0
#include "program.hpp"

#include <fmt/core.h>
#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace bench {

const option& settings::find(const std::string& name) const {
  const auto at = std::find_if(all_.begin(), all_.end(), [&](const option& o) { return o.name == name; });
  if (at == all_.end()) throw std::logic_error("no option " + name);
  return *at;
}

const std::string& settings::text(const std::string& name) const { return find(name).value; }

double settings::number(const std::string& name) const {
  const std::string& written = text(name);
  char* end = nullptr;
  const double value = std::strtod(written.c_str(), &end);
  if (written.empty() || *end != '\0' || !std::isfinite(value) || value <= 0)
    throw std::runtime_error(fmt::format("{} must be a number of more than 0, not '{}'", name, written));
  return value;
}

std::size_t settings::count(const std::string& name) const {
  const double value = number(name);
  if (value < 1 || value > 1e9 || value != std::floor(value))
    throw std::runtime_error(fmt::format("{} must be a whole number from 1 to a billion, not '{}'", name, text(name)));
  return static_cast<std::size_t>(value);
}

bool settings::set(const std::string& name, const std::string& value) {
  const auto at = std::find_if(all_.begin(), all_.end(), [&](const option& o) { return o.name == name; });
  if (at == all_.end()) return false;
  at->value = value;
  return true;
}

namespace {

[[nodiscard]] std::vector<option> with_repetitions(const program& what) {
  std::vector<option> all = what.options;
  all.insert(all.begin(), {"--repetitions", what.repetitions, "how often everything is measured; the figures are medians"});
  return all;
}

int usage(const program& what) {
  fmt::print(stderr, "usage: {} [OPTION VALUE]... [--json [FILE]]\n", what.name);
  for (const option& o : with_repetitions(what))
    fmt::print(stderr, "  {:<16} {}{}\n", o.name, o.help, o.value.empty() ? "" : ": " + o.value + " unless told otherwise");
  fmt::print(stderr, "  {:<16} writes the medians there as well; without a file to the standard output, in the place of the table\n",
             "--json");
  return 2;
}

} // namespace

int run_program(const program& what, const std::vector<std::string>& arguments) try {
  settings how(with_repetitions(what));
  std::string json;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name == "--json") json = json_file(arguments, i);
    else if (i + 1 == arguments.size() || !how.set(name, arguments[i + 1])) return usage(what);
    else ++i;
  }
  hold_malloc_still();
  figures all;
  const std::size_t repetitions = how.count("--repetitions");
  for (std::size_t repetition = 0; repetition < repetitions; ++repetition) {
    fmt::print(stderr, "repetition {} of {}\n", repetition + 1, repetitions);
    what.measure(all, repetition, how);
  }
  if (json != "-") print(all);
  if (!json.empty()) write_json(all, json);
  return EXIT_SUCCESS;
} catch (const std::exception& e) {
  fmt::print(stderr, "{}: {}\n", what.name, e.what());
  return EXIT_FAILURE;
}

void hold_malloc_still() {
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

} // namespace bench
