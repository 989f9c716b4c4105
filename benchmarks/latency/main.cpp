// SPDX-License-Identifier: Apache-2.0
//
// Latency under load that does not wait for answers. docs/reference/benchmarks.md says what each figure means.
#include "measure.hpp"
#include "open_loop.hpp"
#include "program.hpp"

#include <fmt/core.h>

#include <stdexcept>

namespace bench {
namespace {

void measure(figures& into, std::size_t repetition, const settings& how) {
  const auto time = nanoseconds{static_cast<nanoseconds::rep>(how.number("--seconds") * 1e9)};
  if (time < std::chrono::milliseconds{100}) throw std::runtime_error("--seconds must be at least 0.1");
  const double messages = measure_capacity(traffic::messages, std::min<nanoseconds>(time, std::chrono::seconds{2}));
  const double asks = measure_capacity(traffic::asks, std::min<nanoseconds>(time, std::chrono::seconds{2}));
  into["latency_capacity_per_s"].push_back(messages);
  into["latency_ask_capacity_per_s"].push_back(asks);
  for (const unsigned percent : {30U, 60U, 90U}) {
    const auto add = [&](const char* kind, const std::vector<nanoseconds>& times, const char* name, double share) {
      into[fmt::format("latency_{}_{}_{}_us", kind, percent, name)].push_back(in_microseconds(quantile(times, share)));
    };
    const auto sent = latencies_at(traffic::messages, messages * percent / 100, time, repetition + 1);
    const auto asked = latencies_at(traffic::asks, asks * percent / 100, time, repetition + 1);
    if (sent.empty() || asked.empty()) throw std::runtime_error("nothing was due in that time: --seconds is too short");
    add("message", sent, "p50", 0.5);
    add("message", sent, "p99", 0.99);
    add("message", sent, "p999", 0.999);
    add("ask", asked, "p50", 0.5);
    add("ask", asked, "p99", 0.99);
  }
}

} // namespace
} // namespace bench

int main(int count, char** values) {
  return bench::run_program({"bench_latency", "5", {{"--seconds", "5", "of each load, at least 0.1"}}, bench::measure},
                            {values + 1, values + count});
}
