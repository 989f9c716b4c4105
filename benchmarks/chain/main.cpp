// SPDX-License-Identifier: Apache-2.0
//
// Measures a whole node. docs/reference/benchmarks.md says what each figure means.
#include "engine_costs.hpp"
#include "measure.hpp"
#include "node_under_test.hpp"
#include "replay.hpp"
#include "report.hpp"
#include "signatures.hpp"
#include "store_costs.hpp"
#include "transfers.hpp"

#include <fmt/core.h>

#include <cstdlib>
#include <optional>
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
  std::string json;               // file, or "-" for the standard output; empty: none
  std::string engine;             // "geth" or "ethereumjs"; empty: no client is measured
  std::string client;             // its file
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

[[nodiscard]] figures run(const options& o) {
  const std::vector<wallet> senders = make_wallets("sender", sender_count, o.transfers / sender_count);
  const std::vector<wallet> askers = make_wallets("asker", asker_count, transfers_an_asker);
  const auto rich = addresses_of(senders, askers);
  const auto included = hashes_of(senders);
  figures all;
  std::vector<double> import_ms; // of all repetitions together
  store_latencies store;         // these, too
  import_stages replayed;        // likewise
  for (std::size_t i = 0; i < o.repetitions; ++i) {
    fmt::print(stderr, "repetition {} of {}\n", i + 1, o.repetitions);
    node_under_test node(100ms, rich);
    all["transfers_per_s"].push_back(run_transfers(node.port(), senders, clients).per_second);
    for (const auto& b : node.log().imports()) {
      if (b.transactions == 0) continue;
      import_ms.push_back(static_cast<double>(b.took.count()) / 1e6);
      all["import_transfers"].push_back(static_cast<double>(b.transactions));
    }
    node.start_probers(askers, included);
    all["chain_msgs_per_s"].push_back(node.answers_per_second(false, 32, 500ms));
    all["storage_msgs_per_s"].push_back(node.answers_per_second(true, 32, 500ms));
    measure_store(all, store, i % 2 == 0);
    measure_replay(all, replayed);
    measure_signatures(all, i % 2 == 0);
    if (!o.engine.empty()) measure_engine(all, o.engine, o.client);
  }
  all["import_p50_ms"] = {quantile(import_ms, 0.5)};
  all["import_p99_ms"] = {quantile(import_ms, 0.99)};
  all["import_check_p50_ms"] = {quantile(replayed.check, 0.5)};
  all["import_check_p99_ms"] = {quantile(replayed.check, 0.99)};
  all["import_execute_p50_ms"] = {quantile(replayed.execute, 0.5)};
  all["import_execute_p99_ms"] = {quantile(replayed.execute, 0.99)};
  all["import_commit_p50_ms"] = {quantile(replayed.commit, 0.5)};
  all["import_commit_p99_ms"] = {quantile(replayed.commit, 0.99)};
  all["database_get_p50_ms"] = {quantile(store.get_ms, 0.5)};
  all["database_get_p99_ms"] = {quantile(store.get_ms, 0.99)};
  all["database_put_p50_ms"] = {quantile(store.put_ms, 0.5)};
  all["database_put_p99_ms"] = {quantile(store.put_ms, 0.99)};
  return all;
}

constexpr std::string_view help =
    "usage: bench_chain [--json [FILE]] [--repetitions N] [--transfers N] [--engine geth|ethereumjs --client FILE]\n"
    "  --json [FILE]    writes the medians there as well; without a file to the standard output, in the place of the table\n"
    "  --repetitions N  how often everything is measured: 5 unless told otherwise, at least 1\n"
    "  --transfers N    in one repetition: 12800 unless told otherwise, at least 64\n"
    "  --engine KIND    measures calls to this execution client too, which --client names\n";

[[nodiscard]] std::optional<options> parse(const std::vector<std::string>& arguments) {
  options o;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name == "--json") o.json = json_file(arguments, i);
    else if (i + 1 == arguments.size()) return std::nullopt;
    else if (name == "--repetitions") o.repetitions = std::stoul(arguments[++i]);
    else if (name == "--transfers") o.transfers = std::stoul(arguments[++i]);
    else if (name == "--engine") o.engine = arguments[++i];
    else if (name == "--client") o.client = arguments[++i];
    else return std::nullopt;
  }
  if (o.engine.empty() != o.client.empty() || (o.engine != "" && o.engine != "geth" && o.engine != "ethereumjs")) return std::nullopt;
  if (o.repetitions == 0 || o.transfers < sender_count) return std::nullopt;
  return o;
}

} // namespace
} // namespace bench

int main(int count, char** values) {
  try {
    const auto options = bench::parse({values + 1, values + count});
    if (!options) return fmt::print(stderr, "{}", bench::help), 2;
    const bench::figures all = bench::run(*options);
    if (options->json != "-") bench::print(all);
    if (!options->json.empty()) bench::write_json(all, options->json);
    return EXIT_SUCCESS;
  } catch (const std::exception& e) {
    fmt::print(stderr, "bench_chain: {}\n", e.what());
    return EXIT_FAILURE;
  }
}
