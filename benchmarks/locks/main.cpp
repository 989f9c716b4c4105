// SPDX-License-Identifier: Apache-2.0
//
// The same work behind locks and in actors, in turns and each first in its turn, on one core and more. docs/reference/benchmarks.md says what
// each figure means.
#include "deadlock.hpp"
#include "measure.hpp"
#include "program.hpp"
#include "workload.hpp"

#include <fmt/core.h>

#include <array>
#include <stdexcept>
#include <thread>

namespace bench {
namespace {

// 1, 2, 4 and so on, and all cores.
[[nodiscard]] std::vector<std::size_t> thread_counts() {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::size_t> counts;
  for (std::size_t n = 1; n < cores; n *= 2) counts.push_back(n);
  counts.push_back(cores);
  return counts;
}

[[nodiscard]] bool did_the_same(const outcome& a, const outcome& b) {
  return a.height == b.height && a.transfers == b.transfers && a.pegs == b.pegs && a.reads == b.reads;
}

// The same plan for each side, in an order that changes with the repetition.
void compare(figures& into, std::size_t repetition, const std::string& kind, const plan& what) {
  using side = outcome (*)(const plan&);
  constexpr std::array<side, 3> sides{run_mutexes, run_reader_writer_locks, run_actors};
  std::array<outcome, sides.size()> ran;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const std::size_t which = (repetition + i) % sides.size();
    ran.at(which) = sides.at(which)(what);
  }
  const auto& [mutexes, shared, acting] = ran;
  if (!did_the_same(mutexes, acting) || !did_the_same(shared, acting)) throw std::runtime_error("the sides did not do the same work");
  const auto per_ms = [&](const outcome& o) { return static_cast<double>(what.operations) / in_seconds(o.took) / 1e3; };
  const std::string key = fmt::format("{}_{}", kind, what.threads);
  into["locks_mutex_" + key + "_per_ms"].push_back(per_ms(mutexes));
  into["locks_shared_" + key + "_per_ms"].push_back(per_ms(shared));
  into["locks_actors_" + key + "_per_ms"].push_back(per_ms(acting));
  into["locks_ratio_" + key].push_back(per_ms(acting) / per_ms(mutexes));
  into["locks_shared_ratio_" + key].push_back(per_ms(acting) / per_ms(shared));
}

void measure(figures& into, std::size_t repetition, const settings& how) {
  const std::size_t operations = how.count("--operations");
  const auto commit = std::chrono::microseconds{how.count("--commit-us")};
  const auto counts = thread_counts();
  for (const std::size_t threads : counts) {
    compare(into, repetition, "memory", {threads, operations, nanoseconds::zero()});
    compare(into, repetition, "commit", {threads, operations, commit});
  }
  const auto on_all_cores = [&](const std::string& ratio) { return into[fmt::format("{}_{}", ratio, counts.back())].back(); };
  into["actors_vs_locks_ratio"].push_back(on_all_cores("locks_ratio_commit"));
  into["actors_vs_locks_memory_ratio"].push_back(on_all_cores("locks_ratio_memory"));
  into["actors_vs_shared_locks_ratio"].push_back(on_all_cores("locks_shared_ratio_commit"));

  const bool hung = locks_hang(std::chrono::milliseconds{500});
  if (!hung) throw std::runtime_error("the locks that are taken in two orders did not hang");
  into["locks_deadlock_seen"].push_back(1);
  into["locks_deadlock_actors_ms"].push_back(in_seconds(actors_both_ways(std::min<std::size_t>(operations, 100'000))) * 1e3);
}

} // namespace
} // namespace bench

int main(int count, char** values) {
  const std::vector<std::string> arguments(values + 1, values + count);
  if (arguments == std::vector<std::string>{"--deadlock"}) return bench::deadlock_in_this_process();
  return bench::run_program({"bench_locks",
                             "5",
                             {{"--operations", "200000", "of one run: blocks, pegs and reads"},
                              {"--commit-us", "1000", "how long storage takes for a commit, where there are commits"}},
                             bench::measure},
                            arguments);
}
