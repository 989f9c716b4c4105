// SPDX-License-Identifier: Apache-2.0
//
// Measures a whole node. docs/reference/benchmarks.md says what each figure means.
#include "measure.hpp"
#include "node_under_test.hpp"
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

constexpr std::size_t sender_count = 64;
constexpr std::size_t clients = 4;
constexpr std::size_t asker_count = 4;
constexpr std::size_t transfers_an_asker = 8'000; // more than it can submit in its time

struct options {
  std::size_t repetitions = 5;
  std::size_t transfers = 12'800; // in one repetition
  std::string json;
};

[[nodiscard]] std::vector<alys::domain::address> addresses_of(const std::vector<wallet>& senders, const std::vector<wallet>& askers) {
  std::vector<alys::domain::address> all;
  for (const auto* wallets : {&senders, &askers}) {
    for (const wallet& w : *wallets) all.push_back(w.address);
  }
  return all;
}

[[nodiscard]] std::shared_ptr<const std::vector<alys::domain::hash256>> hashes_of(const std::vector<wallet>& senders) {
  auto all = std::make_shared<std::vector<alys::domain::hash256>>();
  for (const wallet& w : senders) {
    for (const signed_transfer& t : w.transfers) all->push_back(t.hash);
  }
  return all;
}

void run(const options& o, nlohmann::json& figures) {
  const std::vector<wallet> senders = make_wallets("sender", sender_count, o.transfers / sender_count);
  const std::vector<wallet> askers = make_wallets("asker", asker_count, transfers_an_asker);
  const auto rich = addresses_of(senders, askers);
  const auto included = hashes_of(senders);
  std::vector<double> per_second;
  std::vector<double> import_ms;
  std::vector<double> block_size;
  std::vector<double> chain_rate;
  std::vector<double> storage_rate;
  for (std::size_t i = 0; i < o.repetitions; ++i) {
    node_under_test node(100ms, rich);
    per_second.push_back(run_transfers(node.port(), senders, clients).per_second);
    for (const auto& b : node.log().imports()) {
      if (b.transactions == 0) continue;
      import_ms.push_back(static_cast<double>(b.took.count()) / 1e6);
      block_size.push_back(static_cast<double>(b.transactions));
    }
    node.start_probers(askers, included);
    chain_rate.push_back(node.answers_per_second(false, 32, 500ms));
    storage_rate.push_back(node.answers_per_second(true, 32, 500ms));
    fmt::print("repetition {}: {:.0f} transfers/s\n", i + 1, per_second.back());
  }
  figures["import_p50_ms"] = median(import_ms);
  figures["import_p99_ms"] = quantile(import_ms, 0.99);
  figures["import_p50_transfers"] = median(block_size);
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
  if (argc % 2 == 0 || o.repetitions == 0 || o.transfers < bench::sender_count)
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
