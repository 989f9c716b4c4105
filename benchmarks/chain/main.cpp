// SPDX-License-Identifier: Apache-2.0
//
// Measures a whole node. docs/reference/benchmarks.md says what each figure means.
#include "measure.hpp"
#include "transfers.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t senders = 64;
constexpr std::size_t clients = 4;

struct options {
  std::size_t repetitions = 5;
  std::size_t transfers = 12'800; // in one repetition
  std::string json;
};

void run(const options& o, nlohmann::json& figures) {
  std::vector<double> per_second;
  std::vector<double> import_ms;
  std::vector<double> chain_rate;
  std::vector<double> storage_rate;
  for (std::size_t i = 0; i < o.repetitions; ++i) {
    node_under_test node(100ms, senders, 4);
    per_second.push_back(run_transfers(node, o.transfers, clients).per_second);
    for (const auto& b : node.log().imports()) {
      if (b.transactions > 0) import_ms.push_back(static_cast<double>(b.took.count()) / 1e6);
    }
    chain_rate.push_back(node.answers_per_second(false, 32, 500ms));
    storage_rate.push_back(node.answers_per_second(true, 32, 500ms));
    fmt::print("repetition {}: {:.0f} transfers/s\n", i + 1, per_second.back());
  }
  figures["import_p50_ms"] = median(import_ms);
  figures["import_p99_ms"] = quantile(import_ms, 0.99);
  figures["transfers_per_s"] = median(per_second);
  figures["chain_msgs_per_s"] = median(chain_rate);
  figures["storage_msgs_per_s"] = median(storage_rate);
}

} // namespace
} // namespace bench

int main(int argc, char** argv) {
  bench::options o;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--json") o.json = argv[i + 1];
    else if (name == "--repetitions") o.repetitions = std::strtoull(argv[i + 1], nullptr, 10);
    else if (name == "--transfers") o.transfers = std::strtoull(argv[i + 1], nullptr, 10);
    else return fmt::print(stderr, "bench_chain: unknown option {}\n", name), 2;
  }
  if (argc % 2 == 0 || o.repetitions == 0 || o.transfers < bench::senders)
    return fmt::print(stderr, "usage: bench_chain [--json FILE] [--repetitions N] [--transfers N]\n"), 2;
  try {
    nlohmann::json figures;
    bench::run(o, figures);
    fmt::print("{}\n", figures.dump(2));
    if (!o.json.empty() && !(std::ofstream{o.json} << figures.dump(2) << '\n'))
      return fmt::print(stderr, "bench_chain: cannot write {}\n", o.json), 1;
    return 0;
  } catch (const std::exception& e) {
    return fmt::print(stderr, "bench_chain: {}\n", e.what()), 1;
  }
}
