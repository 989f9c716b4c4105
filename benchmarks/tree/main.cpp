// SPDX-License-Identifier: Apache-2.0
//
// Ten thousand children under one supervisor, here and in Erlang/OTP, in turns and each first in its turn. docs/reference/benchmarks.md says
// what each figure means.
#include "child_process.hpp"
#include "crowd.hpp"
#include "measure.hpp"
#include "program.hpp"

#include <fmt/core.h>

#include <array>
#include <stdexcept>

namespace bench {
namespace {

// Milliseconds, in the order in which crowd.erl prints them.
using times_ms = std::array<double, 3>;

[[nodiscard]] times_ms ours(std::size_t children, std::size_t failing) {
  const crowd_times t = run_crowd(children, failing);
  return {in_seconds(t.start) * 1e3, in_seconds(t.healthy) * 1e3, in_seconds(t.shutdown) * 1e3};
}

[[nodiscard]] times_ms otp(const std::string& folder, std::size_t children, std::size_t failing) {
  const auto ns =
      numbers_printed_by({"erl", "-noshell", "-pa", folder, "-run", "crowd", "main", std::to_string(children), std::to_string(failing)});
  if (ns.size() != 3) throw std::runtime_error("crowd.erl printed something else than three numbers");
  return {ns[0] / 1e6, ns[1] / 1e6, ns[2] / 1e6};
}

void measure(figures& into, std::size_t repetition, const settings& how) {
  const std::size_t children = how.count("--children");
  const std::string& folder = how.text("--otp");
  if (children < 100 || children > 50'000)
    throw std::runtime_error("--children must be from 100 to 50000"); // a fifth of them is the budget
  if (repetition == 0) (void)ours(100, 20);                           // the warm-up; crowd.erl has its own
  for (const std::size_t percent : {1U, 5U, 20U}) {
    const std::size_t failing = children * percent / 100;
    times_ms theirs{};
    if (!folder.empty() && repetition % 2 == 0) theirs = otp(folder, children, failing);
    const times_ms mine = ours(children, failing);
    if (!folder.empty() && repetition % 2 == 1) theirs = otp(folder, children, failing);

    const std::array<std::string, 3> keys{"start", fmt::format("healthy_{}_percent", percent), "shutdown"};
    for (std::size_t i = 0; i < keys.size(); ++i) {
      into["tree_" + keys[i] + "_ms"].push_back(mine[i]);
      if (folder.empty()) continue;
      into["otp_tree_" + keys[i] + "_ms"].push_back(theirs[i]);
      into["tree_" + keys[i] + "_vs_otp_ratio"].push_back(mine[i] / theirs[i]);
    }
  }
}

} // namespace
} // namespace bench

int main(int count, char** values) {
  return bench::run_program({"bench_tree",
                             "5",
                             {{"--children", "10000", "of the supervisor"},
                              {"--otp", "", "the folder of the compiled Erlang modules of benchmarks/otp; without it OTP is not measured"}},
                             bench::measure},
                            {values + 1, values + count});
}
