// SPDX-License-Identifier: Apache-2.0
#include "transfers.hpp"

#include "measure.hpp"

#include <alys/domain/api/http_client.hpp>
#include <alys/domain/engine/transaction_signing.hpp>
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

struct signed_transfer {
  std::string raw;
  std::string hash;
};

// One sender's transfers, in the order of their nonces.
[[nodiscard]] std::vector<signed_transfer> sign_all(const sender& from, std::uint64_t chain_id, std::size_t count) {
  std::vector<signed_transfer> all;
  for (std::uint64_t nonce = 0; nonce < count; ++nonce) {
    transaction t;
    t.type = transaction_type::fee_market;
    t.chain_id = chain_id;
    t.nonce = nonce;
    t.max_priority_fee_per_gas = wei_per_gwei;
    t.max_fee_per_gas = wei{100} * wei_per_gwei;
    t.gas_limit = gas{21'000};
    t.to = dev_account;
    t.value = 1;
    const auto done = sign_transaction(std::move(t), from.key).value();
    all.push_back({to_hex(done->raw), to_hex(done->hash)});
  }
  return all;
}

[[nodiscard]] json post(std::uint16_t port, const json& batch) {
  return json::parse(http_post({"127.0.0.1", port}, "/", "application/json", batch.dump(), std::chrono::seconds{30}).value());
}

[[nodiscard]] json call(std::size_t id, const char* method, const std::string& parameter) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", {parameter}}};
}

// Posts one call a transfer, and gives the results in their order.
[[nodiscard]] std::vector<json> call_each(std::uint16_t port, const std::vector<signed_transfer>& all, std::size_t first,
                                          const char* method, std::string signed_transfer::*parameter) {
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

void await_receipts(std::uint16_t port, const std::vector<signed_transfer>& all) {
  const nanoseconds deadline = clock_now() + std::chrono::minutes{1};
  for (std::size_t first = 0; first < all.size();) {
    const auto receipts = call_each(port, all, first, "eth_getTransactionReceipt", &signed_transfer::hash);
    const bool complete = std::ranges::none_of(receipts, [](const json& r) { return r.is_null(); });
    if (complete) first += batch_size;
    else if (clock_now() > deadline) throw std::runtime_error("a receipt did not come");
    else std::this_thread::sleep_for(std::chrono::milliseconds{2}); // as a wallet polls
  }
}

} // namespace

transfer_run run_transfers(node_under_test& node, std::size_t transfers, std::size_t clients) {
  const std::size_t senders = node.senders().size();
  const std::size_t each = transfers / senders;
  std::vector<std::vector<signed_transfer>> all;
  for (const sender& s : node.senders()) all.push_back(sign_all(s, node.chain_id(), each));

  const std::uint16_t port = node.port();
  const nanoseconds begun = clock_now();
  std::vector<std::future<void>> running;
  for (std::size_t c = 0; c < clients; ++c) {
    running.push_back(std::async(std::launch::async, [&, c] {
      for (std::size_t s = c; s < senders; s += clients) {
        for (std::size_t first = 0; first < each; first += batch_size)
          (void)call_each(port, all[s], first, "eth_sendRawTransaction", &signed_transfer::raw);
      }
      for (std::size_t s = c; s < senders; s += clients) await_receipts(port, all[s]);
    }));
  }
  for (auto& r : running) r.get();
  return {each * senders, static_cast<double>(each * senders) / in_seconds(clock_now() - begun)};
}

} // namespace bench
