// SPDX-License-Identifier: Apache-2.0
//
// Runs every measurement of the supervision core several times, contenders in turn and each first in its turn, and prints medians.
// docs/reference/benchmarks.md says what each figure means.
#include "child_process.hpp"
#include "measure.hpp"
#include "program.hpp"
#include "report.hpp"
#include "workload.hpp"

#include <fmt/core.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace bench {
namespace {

struct options {
  std::size_t repetitions = 9;
  double scale = 1.0; // of the work of one repetition
  std::string json;   // file, or "-" for the standard output; empty: none
  std::string otp;    // folder of the compiled Erlang modules; empty: not measured
};

[[nodiscard]] std::size_t scaled(double count, const options& o) {
  return std::max<std::size_t>(100, static_cast<std::size_t>(count * o.scale));
}

// A ratio is taken within one repetition, so that what disturbs the machine for longer disturbs both of its sides.
struct sided {
  double raw = 0;
  double cell = 0;
  [[nodiscard]] double ratio() const { return cell / raw; }
};

// Measures one side, then the other; the other way round in every second repetition.
template <class Result, class Raw, class Cell>
[[nodiscard]] std::pair<Result, Result> both(std::size_t repetition, Raw raw_side, Cell cell_side) {
  std::optional<Result> raw;
  std::optional<Result> cell;
  if (repetition % 2 == 0) raw = raw_side();
  cell = cell_side();
  if (!raw) raw = raw_side();
  return {std::move(*raw), std::move(*cell)};
}

void one_way(figures& into, std::size_t repetition, const std::string& shape, const flood_plan& plan, sided& processor) {
  const auto [raw, cell] = both<flood_cost>(
      repetition, [&] { return raw::flood(plan); }, [&] { return cells::flood(plan); });
  const auto rate = [&](const flood_cost& c) { return static_cast<double>(plan.messages()) / in_microseconds(c.wall); };
  into["one_way_" + shape + "_raw_per_us"].push_back(rate(raw));
  into["one_way_" + shape + "_cell_per_us"].push_back(rate(cell));
  into["one_way_" + shape + "_ratio"].push_back(rate(cell) / rate(raw));
  const double per_message = 1e6 / static_cast<double>(plan.messages());
  processor.raw += in_seconds(raw.processor) * per_message;
  processor.cell += in_seconds(cell.processor) * per_message;
}

void one_ways(figures& into, std::size_t repetition, const options& o) {
  const std::uint64_t batches = scaled(2'000, o);
  sided processor;
  one_way(into, repetition, "1to1", {1, 1, batches}, processor);
  one_way(into, repetition, "4to1", {4, 1, batches / 2}, processor);
  one_way(into, repetition, "4pairs", {4, 4, batches}, processor);
  into["cpu_s_per_million_raw"].push_back(processor.raw / 3);
  into["cpu_s_per_million_cell"].push_back(processor.cell / 3);
  into["cpu_per_message_ratio"].push_back(processor.ratio());
}

void round_trips(figures& into, std::size_t repetition, const options& o) {
  const std::size_t count = scaled(100'000, o);
  const auto times_of = both<std::vector<nanoseconds>>(
      repetition, [&] { return raw::round_trips(count); }, [&] { return cells::round_trips(count); });
  const auto add = [&](const std::string& name, double share) {
    const sided times{in_microseconds(quantile(times_of.first, share)), in_microseconds(quantile(times_of.second, share))};
    into["rtt_" + name + "_raw_us"].push_back(times.raw);
    into["rtt_" + name + "_cell_us"].push_back(times.cell);
    into["rtt_" + name + "_ratio"].push_back(times.ratio());
  };
  add("p50", 0.5);
  add("p99", 0.99);
}

// Over no tracing at all, interleaved.
void tracing(figures& into, std::size_t repetition, const options& o) {
  const std::uint64_t batches = scaled(2'000, o);
  const auto compare = [&](const std::string& name, cells::traced how) {
    const auto [off, on] = both<flood_cost>(
        repetition, [&] { return cells::conversations(cells::traced::off, batches); }, [&] { return cells::conversations(how, batches); });
    into["tracing_" + name + "_ratio"].push_back(in_seconds(off.wall) / in_seconds(on.wall));
    into["tracing_" + name + "_cpu_ratio"].push_back(in_seconds(on.processor) / in_seconds(off.processor));
  };
  compare("off", cells::traced::nothing_sampled);
  compare("1_percent", cells::traced::one_percent);
}

void restarts(figures& into, const options& o) {
  const std::size_t count = scaled(5'000, o);
  const auto thrown = cells::restarts(cells::failing::by_throwing, count);
  const auto returned = cells::restarts(cells::failing::by_returning, count);
  into["restart_p50_us"].push_back(in_microseconds(quantile(thrown, 0.5)));
  into["restart_p99_us"].push_back(in_microseconds(quantile(thrown, 0.99)));
  into["restart_returned_p50_us"].push_back(in_microseconds(quantile(returned, 0.5)));
  into["restart_returned_p99_us"].push_back(in_microseconds(quantile(returned, 0.99)));
  if (o.otp.empty()) return;
  std::vector<double> otp;
  for (const double ns : numbers_printed_by({"erl", "-noshell", "-pa", o.otp, "-run", "restart", "main", std::to_string(count)}))
    otp.push_back(ns / 1e3);
  into["otp_restart_p50_us"].push_back(quantile(otp, 0.5));
  into["otp_restart_p99_us"].push_back(quantile(otp, 0.99));
  into["restart_vs_otp_ratio"].push_back(into["restart_p50_us"].back() / quantile(otp, 0.5));
}

// Each in a process of its own: what one side has freed would be there for the other.
void memory(figures& into, std::size_t repetition, const options& o) {
  const std::string count = std::to_string(scaled(100'000, o));
  const auto measured = [&](const std::string& what) { return numbers_printed_by({"/proc/self/exe", "--measure", what, count}).at(0); };
  const auto [raw, cell] = both<double>(
      repetition, [&] { return measured("raw-memory"); }, [&] { return measured("cell-memory"); });
  into["bytes_per_actor_raw"].push_back(raw);
  into["bytes_per_actor_cell"].push_back(cell);
  into["bytes_per_actor_ratio"].push_back(cell / raw);
  into["empty_rss_mb"].push_back(measured("empty"));
}

// The other half of memory(): measures one thing in this process and prints it.
[[nodiscard]] int measure_one(std::string_view what, std::size_t count) {
  double value = 0;
  if (what == "raw-memory") value = raw::bytes_per_actor(count);
  else if (what == "cell-memory") value = cells::bytes_per_actor(count);
  else if (what == "empty") value = cells::empty_system_megabytes();
  else return EXIT_FAILURE;
  fmt::print("{}\n", value);
  return EXIT_SUCCESS;
}

[[nodiscard]] int run(const options& o) {
  hold_malloc_still();
  figures all;
  for (std::size_t repetition = 0; repetition < o.repetitions; ++repetition) {
    fmt::print(stderr, "repetition {} of {}\n", repetition + 1, o.repetitions);
    one_ways(all, repetition, o);
    round_trips(all, repetition, o);
    tracing(all, repetition, o);
    restarts(all, o);
    memory(all, repetition, o);
  }
  if (o.json != "-") print(all);
  if (!o.json.empty()) write_json(all, o.json);
  return EXIT_SUCCESS;
}

constexpr std::string_view help =
    "usage: bench_core [--repetitions N] [--scale X] [--otp DIR] [--json [FILE]]\n"
    "  --repetitions N  how often everything is measured: 9 unless told otherwise, at least 1\n"
    "  --scale X        how much is done in one repetition: 1 unless told otherwise\n"
    "  --otp DIR        the compiled Erlang modules of benchmarks/otp; without it OTP is not measured\n"
    "  --json [FILE]    writes the medians there as well; without a file to the standard output, in the place of the table\n";

[[nodiscard]] std::optional<options> parse(const std::vector<std::string>& arguments) {
  options o;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name == "--json") o.json = json_file(arguments, i);
    else if (i + 1 == arguments.size()) return std::nullopt;
    else if (name == "--repetitions") o.repetitions = std::stoul(arguments[++i]);
    else if (name == "--scale") o.scale = std::stod(arguments[++i]);
    else if (name == "--otp") o.otp = arguments[++i];
    else return std::nullopt;
  }
  if (o.repetitions == 0) return std::nullopt;
  return o;
}

} // namespace
} // namespace bench

int main(int count, char** values) {
  try {
    const std::vector<std::string> arguments(values + 1, values + count);
    if (arguments.size() == 3 && arguments[0] == "--measure") return bench::measure_one(arguments[1], std::stoul(arguments[2]));
    if (const auto options = bench::parse(arguments)) return bench::run(*options);
    fmt::print(stderr, "{}", bench::help);
    return 2;
  } catch (const std::exception& e) {
    fmt::print(stderr, "bench_core: {}\n", e.what());
    return EXIT_FAILURE;
  }
}
