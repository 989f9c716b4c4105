// SPDX-License-Identifier: Apache-2.0
//
// Twice the load that an actor can bear, once for each overflow strategy. docs/reference/benchmarks.md says what each figure means.
#include "flooded.hpp"
#include "measure.hpp"
#include "program.hpp"

#include <array>
#include <stdexcept>

namespace bench {
namespace {

constexpr std::array strategies{alys::overflow::reject, alys::overflow::drop_oldest, alys::overflow::drop_newest, alys::overflow::block};
constexpr double least_growth_mb = 0.1; // a few pages come and go in any process

void measure(figures& into, std::size_t repetition, const settings& how) {
  const auto time = nanoseconds{static_cast<nanoseconds::rep>(how.number("--seconds") * 1e9)};
  if (time < std::chrono::milliseconds{500}) throw std::runtime_error("--seconds must be at least 0.5, for the mailbox to fill");
  const double capacity = measure_capacity(std::min<nanoseconds>(time, std::chrono::seconds{2}));
  into["overload_capacity_per_s"].push_back(capacity);
  for (std::size_t i = 0; i < strategies.size(); ++i) {
    const auto policy = strategies[(i + repetition) % strategies.size()]; // each first in its turn
    const flooded_run run = flood_with(policy, 2 * capacity, time);
    if (run.urgent.empty()) throw std::runtime_error("no urgent message after the warm-up: --seconds is too short");
    const std::string key = "overload_" + std::string(to_string(policy));
    into[key + "_growth_mb"].push_back(std::max(least_growth_mb, run.grown_mb));
    into[key + "_handled_per_s"].push_back(run.handled_per_s);
    into[key + "_urgent_p99_us"].push_back(in_microseconds(quantile(run.urgent, 0.99)));
  }
}

} // namespace
} // namespace bench

int main(int count, char** values) {
  return bench::run_program({"bench_overload", "3", {{"--seconds", "30", "of load for each strategy, at least 0.5"}}, bench::measure},
                            {values + 1, values + count});
}
