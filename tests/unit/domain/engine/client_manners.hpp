// SPDX-License-Identifier: Apache-2.0
//
// A scripted client that greets as it should, and the adapter that talks to it.
#pragma once

#include "scripted_client.hpp"
#include "support/temporary_folder.hpp"

#include <alys/domain/engine/http_engine.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace alys::test {

namespace dom = alys::domain;

inline const std::string zeros(64, '0');

inline const std::string first_hash(64, 'a');

[[nodiscard]] inline std::string block_zero(const std::string& hash = first_hash, const std::string& number = "0x0") {
  return R"({"parentHash":"0x)" + zeros + R"(","miner":"0x)" + zeros.substr(24) + R"(","stateRoot":"0x)" + zeros +
         R"(","receiptsRoot":"0x)" + zeros + R"(","logsBloom":"0x)" + std::string(512, '0') + R"(","mixHash":"0x)" + zeros +
         R"(","number":")" + number +
         R"(","gasLimit":"0x1c9c380","gasUsed":"0x0","timestamp":"0x0","extraData":"0x","baseFeePerGas":"0x7","hash":"0x)" + hash +
         R"(","withdrawals":[]})";
}

[[nodiscard]] inline scripted_client::reply result(const std::string& json) {
  return {scripted_client::ok(R"({"jsonrpc":"2.0","id":1,"result":)" + json + "}")};
}

// A client that greets as it should and answers eth_estimateGas as told.
struct manners {
  std::string capabilities = R"(["engine_newPayloadV2","engine_forkchoiceUpdatedV2","engine_getPayloadV2"])";
  std::string chain = R"("0x539")";
  std::string genesis = block_zero();
  std::function<scripted_client::reply()> gas = [] { return result(R"("0x5208")"); };

  [[nodiscard]] scripted_client::reply operator()(const std::string& request) const {
    const auto asks = [&](std::string_view method) { return request.find(method) != std::string::npos; };
    if (asks("engine_exchangeCapabilities")) return result(capabilities);
    if (asks("eth_chainId")) return result(chain);
    if (asks("eth_getBlockBy")) return result(genesis);
    return gas();
  }
};

[[nodiscard]] inline dom::engine_secret some_secret() {
  const temporary_folder folder;
  const auto path = folder.path() / "jwt.hex";
  std::ofstream{path} << std::string(64, '7');
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  return dom::engine_secret::load(path).value();
}

[[nodiscard]] inline std::shared_ptr<dom::execution_engine> engine_at(std::uint16_t port, std::uint32_t failures = 100) {
  dom::http_engine_options options{.port = port, .chain_id = 1337};
  options.breaker.failures = failures;
  options.breaker.open_for = std::chrono::hours{1};
  options.most_answer_bytes = 10'000;
  return dom::connect_engine(options, some_secret());
}

// What a call of the port answers.
template <class T, class Call>
[[nodiscard]] alys::result<T> answer_of(Call call) {
  std::promise<alys::result<T>> answered;
  auto answer = answered.get_future();
  call([&](alys::result<T> r) { answered.set_value(std::move(r)); });
  return answer.get();
}

} // namespace alys::test
