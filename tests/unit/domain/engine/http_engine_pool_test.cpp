// SPDX-License-Identifier: Apache-2.0
//
// Transactions that wait, through the adapter: what is given to a client once more, in which order, and what becomes of those that it does not take.
#include "client_manners.hpp"
#include "support/actors/journal.hpp"
#include "support/domain/wallet.hpp"

#include <alys/actors/fault.hpp>
#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <mutex>
#include <vector>

using namespace alys::domain;
using namespace alys::test;
using alys::fault;
namespace dom_test = alys::domain::test;

namespace {

// A client that takes any head, and says of each transaction what a test wants.
struct taker {
  std::function<scripted_client::reply(const std::string& request)> takes;

  [[nodiscard]] scripted_client::reply operator()(const std::string& request) const {
    const auto asks = [&](std::string_view word) { return request.find(word) != std::string::npos; };
    if (asks("eth_sendRawTransaction")) return takes(request);
    if (asks("engine_forkchoiceUpdatedV2") && !asks("engine_exchangeCapabilities"))
      return result(R"({"payloadStatus":{"status":"VALID","latestValidHash":null,"validationError":null},"payloadId":null})");
    return manners{}(request);
  }
};

[[nodiscard]] alys::result<forkchoice_verdict> lead(execution_engine& engine, std::uint8_t to) {
  hash256 head;
  head.data()[0] = to;
  return answer_of<forkchoice_verdict>([&](auto done) { engine.fork_choice_updated({.head = head}, std::nullopt, done); });
}

} // namespace

TEST_CASE("what waits is offered again to a client that was away and what it takes no more is dropped") {
  const dom_test::wallet alice{1};
  const auto first = alice.send(0), second = alice.send(1);
  std::atomic<bool> away{false};
  std::atomic<int> offered{0};
  const taker takes{[&](const std::string& request) -> scripted_client::reply {
    const auto asks = [&](const transaction_ptr& tx) { return request.find(to_hex(tx->raw)) != std::string::npos; };
    if (++offered <= 2 || !asks(second)) return result("\"" + to_hex((asks(first) ? first : second)->hash) + "\"");
    return {scripted_client::ok(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"nonce too low"}})")};
  }};
  const scripted_client server{[&](const std::string& request) {
    return away ? scripted_client::reply{"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"} : takes(request);
  }};
  const auto engine = engine_at(server.port());
  const auto send = [&](const transaction_ptr& tx) {
    return answer_of<hash256>([&](auto done) { engine->submit_transaction(tx->raw, done); });
  };
  const auto dropped = [&] { return answer_of<std::vector<hash256>>([&](auto done) { engine->take_dropped_transactions(done); }); };
  REQUIRE(lead(*engine, 0));
  REQUIRE(send(first));
  REQUIRE(send(second));
  away = true;
  CHECK(lead(*engine, 0) == fault::service_unavailable);
  away = false;
  REQUIRE(lead(*engine, 0));
  for (std::vector<hash256> gone; gone.empty();) {
    gone = dropped().value();
    if (!gone.empty()) CHECK(gone == std::vector{second->hash});
  }
  CHECK(offered == 4);
  CHECK(answer_of<transaction_ptr>([&](auto done) { engine->pending_transaction(first->hash, done); }).value() != nullptr);
}

TEST_CASE("transactions that are restored while the client is away wait for it") {
  const dom_test::wallet alice{1};
  const auto tx = alice.send(0);
  std::uint16_t port = 0;
  {
    const scripted_client gone{manners{}};
    port = gone.port();
  }
  const auto engine = engine_at(port);
  const auto restored = answer_of<std::vector<hash256>>([&](auto done) {
    engine->restore_transactions({tx->raw, bytes{0x02, 0xc0}}, done);
  });
  REQUIRE(restored);
  CHECK(*restored == std::vector{keccak256(bytes{0x02, 0xc0})}); // nobody will ever take that
  CHECK(answer_of<transaction_ptr>([&](auto done) { engine->pending_transaction(tx->hash, done); }).value() != nullptr);
}

TEST_CASE("transactions that are restored are given to the client in their order while nobody waits for that") {
  const dom_test::wallet alice{1};
  constexpr std::size_t count = 200;
  std::vector<bytes> sent;
  for (std::uint64_t nonce = 0; nonce < count; ++nonce) sent.push_back(alice.send(nonce)->raw);
  std::mutex mutex;
  std::vector<std::string> got;
  std::promise<void> gate;
  auto open = gate.get_future().share();
  const scripted_client server{taker{[&](const std::string& request) {
    open.wait();
    const std::lock_guard guard(mutex);
    got.push_back(request);
    return result("\"0x" + zeros + '"');
  }}};
  const auto engine = engine_at(server.port());
  REQUIRE(lead(*engine, 1));
  for (const std::size_t from : {std::size_t{0}, count / 2}) {
    const std::vector<bytes> half(sent.begin() + static_cast<std::ptrdiff_t>(from),
                                  sent.begin() + static_cast<std::ptrdiff_t>(from + count / 2));
    CHECK(answer_of<std::vector<hash256>>([&](auto done) { engine->restore_transactions(half, done); }).value().empty());
  }
  CHECK(answer_of<pool_counts>([&](auto done) { engine->pool_status(done); }).value().transactions == count);
  {
    const std::lock_guard guard(mutex);
    CHECK(got.empty());
  }
  gate.set_value();
  const auto all_came = [&] {
    const std::lock_guard guard(mutex);
    return got.size() >= count;
  };
  REQUIRE(eventually(all_came));
  for (std::size_t i = 0; i < count; ++i) CHECK(got[i].find(to_hex(sent[i])) != std::string::npos);
}

TEST_CASE("what a client has no room for waits and is given to it again with the next head") {
  const dom_test::wallet alice{1};
  const auto tx = alice.send(0);
  std::atomic<int> offered{0};
  const scripted_client server{taker{[&](const std::string&) -> scripted_client::reply {
    if (++offered > 1) return result("\"" + to_hex(tx->hash) + '"');
    return {scripted_client::ok(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"txpool is full"}})")};
  }}};
  const auto engine = engine_at(server.port());
  REQUIRE(lead(*engine, 1));
  CHECK(answer_of<std::vector<hash256>>([&](auto done) { engine->restore_transactions({tx->raw}, done); }).value().empty());
  REQUIRE(eventually([&] { return offered > 0; }));
  const auto waits = [&] {
    return answer_of<transaction_ptr>([&](auto done) { engine->pending_transaction(tx->hash, done); }).value() != nullptr;
  };
  CHECK(waits());
  for (std::uint8_t head = 2; offered < 2; ++head) REQUIRE(lead(*engine, head));
  CHECK(waits());
  CHECK(answer_of<std::vector<hash256>>([&](auto done) { engine->take_dropped_transactions(done); }).value().empty());
}
