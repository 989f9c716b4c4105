// SPDX-License-Identifier: Apache-2.0
#include "transfers.hpp"

#include "measure.hpp"

#include <alys/actors/http_client.hpp>
#include <alys/domain/primitives/hex.hpp>

#include <nlohmann/json.hpp>

#include <future>
#include <stdexcept>
#include <thread>

namespace bench {

using namespace alys::domain;
using nlohmann::json;

namespace {

constexpr std::size_t batch_size = 100;

// As JSON-RPC has it.
struct encoded_transfer {
  std::string raw;
  std::string hash;
};

[[nodiscard]] std::vector<encoded_transfer> encode(const std::vector<signed_transfer>& transfers) {
  std::vector<encoded_transfer> all;
  for (const signed_transfer& t : transfers) all.push_back({to_hex(t.raw), to_hex(t.hash)});
  return all;
}

[[nodiscard]] json post(std::uint16_t port, const json& batch) {
  return json::parse(alys::http_post({"127.0.0.1", port}, batch.dump(), {.deadline = std::chrono::seconds{30}}).value().body);
}

[[nodiscard]] json call(std::size_t id, const char* method, const std::string& parameter) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", {parameter}}};
}

// Posts one call a transfer, and gives the results in their order.
[[nodiscard]] std::vector<json> call_each(std::uint16_t port, const std::vector<encoded_transfer>& all, std::size_t first,
                                          const char* method, std::string encoded_transfer::*parameter) {
  json batch = json::array();
  const std::size_t end = std::min(first + batch_size, all.size());
  for (std::size_t i = first; i < end; ++i) batch.push_back(call(i - first, method, all[i].*parameter));
  std::vector<json> results(end - first);
  for (const json& answer : post(port, batch)) {
    if (!answer.contains("result")) throw std::runtime_error(std::string{method} + ": " + answer.dump());
    results.at(answer.at("id").get<std::size_t>()) = answer.at("result");
  }
  return results;
}

void await_receipts(std::uint16_t port, const std::vector<encoded_transfer>& all) {
  const nanoseconds deadline = clock_now() + std::chrono::minutes{1};
  for (std::size_t first = 0; first < all.size();) {
    const auto receipts = call_each(port, all, first, "eth_getTransactionReceipt", &encoded_transfer::hash);
    const bool complete = std::ranges::none_of(receipts, [](const json& r) { return r.is_null(); });
    if (complete) first += batch_size;
    else if (clock_now() > deadline) throw std::runtime_error("a receipt did not come");
    else std::this_thread::sleep_for(std::chrono::milliseconds{2}); // as a wallet polls
  }
}

} // namespace

transfer_run run_transfers(std::uint16_t port, const std::vector<wallet>& wallets, std::size_t clients) {
  std::vector<std::vector<encoded_transfer>> all;
  for (const wallet& w : wallets) all.push_back(encode(w.transfers));
  std::size_t transfers = 0;
  for (const auto& each : all) transfers += each.size();

  const nanoseconds begun = clock_now();
  std::vector<std::future<void>> running;
  for (std::size_t c = 0; c < clients; ++c) {
    running.push_back(std::async(std::launch::async, [&, c] {
      for (std::size_t w = c; w < all.size(); w += clients) {
        for (std::size_t first = 0; first < all[w].size(); first += batch_size)
          (void)call_each(port, all[w], first, "eth_sendRawTransaction", &encoded_transfer::raw);
      }
      for (std::size_t w = c; w < all.size(); w += clients) await_receipts(port, all[w]);
    }));
  }
  for (auto& r : running) r.get();
  return {transfers, static_cast<double>(transfers) / in_seconds(clock_now() - begun)};
}

} // namespace bench
