// SPDX-License-Identifier: Apache-2.0
//
// The adapter to an execution client, in front of one that is slow, away, another one, or says what cannot be said.
#include "client_manners.hpp"
#include "support/domain/wallet.hpp"

#include <alys/actors/fault.hpp>
#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>
#include <iterator>
#include <thread>

using namespace alys::domain;
using namespace alys::test;
using alys::fault;
using namespace std::chrono_literals;
namespace dom_test = alys::domain::test;

namespace {

[[nodiscard]] alys::result<gas> estimated(execution_engine& engine) {
  return answer_of<gas>([&](auto done) { engine.estimate_gas({}, done); });
}

// What comes back if the client answers so.
[[nodiscard]] alys::error trouble_with(std::function<scripted_client::reply()> gas) {
  manners client;
  client.gas = std::move(gas);
  const scripted_client server{client};
  const auto engine = engine_at(server.port());
  return estimated(*engine).error();
}

// Of this process.
[[nodiscard]] std::ptrdiff_t threads() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, std::filesystem::directory_iterator{});
}

} // namespace

TEST_CASE("a client is greeted once and its connections are kept") {
  const scripted_client server{manners{}};
  const auto engine = engine_at(server.port());
  for (int i = 0; i < 10; ++i) CHECK(estimated(*engine).value() == gas{21'000});
  CHECK(server.connections() == 2); // one for blocks and one for reads
  CHECK(server.requests().size() == 13);
  for (const auto& request : server.requests()) {
    CHECK(request.find("Authorization: Bearer eyJ") != std::string::npos);
    CHECK(request.find("Content-Type: application/json") != std::string::npos);
  }
}

TEST_CASE("a connection that the client has closed meanwhile is made anew") {
  manners client;
  client.gas = [] {
    auto last = result(R"("0x5208")");
    last.hang_up = true; // without saying so
    return last;
  };
  const scripted_client server{client};
  const auto engine = engine_at(server.port());
  for (int i = 0; i < 5; ++i) CHECK(estimated(*engine).value() == gas{21'000});
}

TEST_CASE("each trouble with a client has its name") {
  using reply = scripted_client::reply;
  const std::string half = scripted_client::ok(R"({"jsonrpc":"2.0","id":1,"result":"0x5208"})");
  const auto is_away = [](const alys::error& e, const alys::code& code) {
    INFO(e.message());
    CHECK(e == code);
    CHECK(e.refused());
    CHECK(client_is_away(e));
    CHECK(e.text().find("eth_estimateGas") != std::string::npos);
  };
  is_away(trouble_with([] { return reply{"", true}; }), fault::connection_lost);
  is_away(trouble_with([&] { return reply{half.substr(0, half.size() - 5), true}; }), fault::connection_lost);
  is_away(trouble_with([] { return reply{"nonsense\r\n\r\n", true}; }), fault::invalid_reply);
  is_away(trouble_with([] { return reply{scripted_client::ok("nonsense")}; }), engine_error::invalid_answer);
  is_away(trouble_with([] { return reply{scripted_client::ok("")}; }), engine_error::invalid_answer);
  is_away(trouble_with([] { return reply{scripted_client::ok(std::string(10'001, ' '))}; }), fault::invalid_reply);
  is_away(trouble_with([] { return reply{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"}; }), fault::invalid_reply);
  is_away(trouble_with([] { return reply{"HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\n\r\nstale"}; }), fault::authentication_failed);
  is_away(trouble_with([] { return reply{"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"}; }), fault::service_unavailable);
  is_away(trouble_with([] { return reply{"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"}; }), fault::invalid_reply);
}

TEST_CASE("what a client refuses is no trouble with it") {
  const auto refused = trouble_with([] {
    return scripted_client::reply{scripted_client::ok(R"({"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"execution reverted"}})")};
  });
  CHECK(refused == engine_error::client_refused);
  CHECK(!client_is_away(refused));
  const auto poor = trouble_with([] {
    return scripted_client::reply{
        scripted_client::ok(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"insufficient funds for transfer"}})")};
  });
  CHECK(poor == transaction_error::insufficient_funds_for_transfer);
}

TEST_CASE("a forkchoice that a client calls wrong parameters is refused for what is wrong") {
  const auto refused = [](const std::string& words) {
    manners client;
    client.gas = [&] {
      return scripted_client::reply{
          scripted_client::ok(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":")" + words + R"("}})")};
    };
    const scripted_client server{client};
    const auto engine = engine_at(server.port());
    return answer_of<forkchoice_verdict>([&](auto done) { engine->fork_choice_updated({}, payload_attributes{}, std::move(done)); });
  };
  const auto attributes = refused("invalid timestamp in payloadAttributes, got 1, need at least 2");
  CHECK(attributes == engine_error::invalid_attributes);
  CHECK(attributes.error().text() == "-32602: invalid timestamp in payloadAttributes, got 1, need at least 2");
  CHECK(refused("Invalid finalized block=2 > headBlock=2") == engine_error::invalid_forkchoice);
}

TEST_CASE("a payload with too much extra data is invalid whatever a client says") {
  const scripted_client server{manners{}};
  const auto engine = engine_at(server.port());
  execution_payload payload;
  payload.extra_data.assign(longest_extra_data + 1, 0);
  const auto verdict = answer_of<payload_verdict>([&](auto done) { engine->new_payload(payload, std::move(done)); }).value();
  CHECK(verdict.status == payload_status::invalid);
  CHECK(verdict.validation_error == "extra-data too long");
  CHECK(server.requests().empty());
}

TEST_CASE("transactions that no block can hold are refused before a client is asked") {
  manners client;
  client.gas = [] { return result(R"("0x00")"); }; // takes everything
  const scripted_client server{client};
  const auto engine = engine_at(server.port());
  const auto submitted = [&](const auto& change) {
    auto tx = dom_test::wallet::unsigned_transfer(0);
    change(tx);
    return answer_of<hash256>([&](auto done) { engine->submit_transaction(dom_test::wallet{1}.sign(tx)->raw, std::move(done)); });
  };
  CHECK(submitted([](auto& tx) { tx.gas_limit = gas{20'999}; }) == transaction_error::intrinsic_gas_too_low);
  CHECK(submitted([](auto& tx) { tx.max_priority_fee_per_gas = tx.max_fee_per_gas + 1; }) == transaction_error::tip_above_fee_cap);
  CHECK(submitted([](auto& tx) { tx.nonce = ~std::uint64_t{0}; }) == transaction_error::nonce_max);
  CHECK(submitted([](auto& tx) { tx.to.reset(), tx.gas_limit = gas{52'999}; }) == transaction_error::intrinsic_gas_too_low);
  CHECK(server.requests().empty());
  CHECK(submitted([](auto& tx) { tx.to.reset(), tx.gas_limit = gas{53'000}; }));
}

TEST_CASE("code and storage and calls are read at a block") {
  std::string answer;
  manners client;
  client.gas = [&] { return scripted_client::reply{scripted_client::ok(R"({"jsonrpc":"2.0","id":1,)" + answer + "}")}; };
  const scripted_client server{client};
  const auto engine = engine_at(server.port());
  const auto now = block_tag::latest;
  const auto code = [&] { return answer_of<bytes>([&](auto done) { engine->code_at({}, now, done); }); };
  const auto word = [&] { return answer_of<hash256>([&](auto done) { engine->storage_at({}, {}, now, done); }); };
  const auto call = [&] { return answer_of<bytes>([&](auto done) { engine->call({.data = {0x12}}, now, done); }); };

  answer = R"("result":"0x6001")";
  CHECK(code() == bytes{0x60, 0x01});
  CHECK(call() == bytes{0x60, 0x01});
  CHECK(to_hex(word().value()) == "0x" + std::string(60, '0') + "6001");
  answer = R"("result":"0x)" + std::string(66, '0') + '"';
  CHECK(word() == engine_error::invalid_answer);
  answer = R"("result":7)";
  CHECK(code() == engine_error::invalid_answer);
  CHECK(call() == engine_error::invalid_answer);
  answer = R"("error":{"code":3,"message":"execution reverted: no","data":"0x08c379a0"})";
  CHECK(call() == engine_error::reverted);
  CHECK(call().error().text() == "0x08c379a0");
  answer = R"("error":{"code":3,"message":"execution reverted","data":"data"})";
  CHECK(call() == engine_error::invalid_answer);
  CHECK(server.requests().back().find(
            R"("params":[{"from":"0x0000000000000000000000000000000000000000","value":"0x0","data":"0x12"},"latest"])") !=
        std::string::npos);
}

TEST_CASE("bodies of payloads are asked for by height beside the blocks") {
  manners client;
  client.gas = [] { return result(R"([{"transactions":["0x0102"],"withdrawals":null}])"); };
  const scripted_client server{client};
  const auto engine = engine_at(server.port());
  const auto bodies = [&] {
    return answer_of<std::vector<payload_body>>([&](auto done) { engine->payload_bodies(block_height{7}, 4, done); });
  };
  CHECK(bodies() == std::vector<payload_body>{{{bytes{1, 2}}}});
  CHECK(server.requests().back().find(R"("method":"engine_getPayloadBodiesByRangeV1","params":["0x7","0x4"])") != std::string::npos);
  client.gas = [] { return result(R"([{"transactions":["0x0"]}])"); };
  const scripted_client wrong{client};
  const auto other = engine_at(wrong.port());
  const auto refused = answer_of<std::vector<payload_body>>([&](auto done) { other->payload_bodies(block_height{7}, 4, done); });
  CHECK(refused == engine_error::invalid_answer);
  CHECK(refused.error().text().starts_with("payloadBodies: [0] payloadBody.transactions: [0] "));
}

TEST_CASE("a client that never answers is given up at the deadline") {
  manners client;
  client.gas = [] { return scripted_client::reply{}; };
  const scripted_client server{client};
  http_engine_options options{.port = server.port(), .chain_id = 1337};
  options.deadlines.read = 50ms;
  const auto engine = connect_engine(options, some_secret());
  CHECK(estimated(*engine) == fault::operation_timeout);
}

TEST_CASE("a client of another chain or without the methods or of a later fork is not used") {
  const auto met = [](const manners& client) {
    const scripted_client server{client};
    return estimated(*engine_at(server.port())).error();
  };
  manners other;
  other.chain = R"("0x1")";
  CHECK(met(other) == engine_error::wrong_chain);
  CHECK(met(other).text() == "the execution client is of chain 1, this node of 1337");
  manners old;
  old.capabilities = R"(["engine_newPayloadV1"])";
  CHECK(met(old) == engine_error::not_offered);
  manners later;
  later.genesis = block_zero();
  later.genesis.insert(1, R"("blobGasUsed":"0x0","excessBlobGas":"0x0","parentBeaconBlockRoot":"0x)" + std::string(64, '0') + R"(",)");
  CHECK(met(later) == engine_error::unsupported_fork);
  CHECK(met(later).text() == "the execution client begins with cancun, this chain with shanghai");
}

TEST_CASE("a client must have the methods of all forks that the chain will have") {
  manners client;
  const scripted_client server{client};
  const auto met = [&](const execution_forks& forks) {
    const auto engine = connect_engine({.port = server.port(), .chain_id = 1337, .forks = forks}, some_secret());
    return estimated(*engine).error();
  };
  CHECK_FALSE(met({}));
  const auto trouble = met({.cancun = unix_seconds{4'000'000'000}});
  CHECK(trouble == engine_error::not_offered);
  CHECK(trouble.text() == "the execution client has no engine_newPayloadV3, which blocks of this chain need");
}

TEST_CASE("another first block than before is another chain") {
  std::atomic<int> greetings{0};
  std::atomic<bool> away{false};
  const scripted_client server{[&](const std::string& request) {
    manners client;
    client.gas = [&] {
      return away.exchange(true) ? result(R"("0x1")") : scripted_client::reply{"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"};
    };
    if (request.find("eth_getBlockByNumber") != std::string::npos && ++greetings > 1) client.genesis = block_zero(std::string(64, 'b'));
    return client(request);
  }};
  const auto engine = engine_at(server.port());
  CHECK(estimated(*engine) == fault::authentication_failed);
  CHECK(estimated(*engine) == engine_error::wrong_chain);
}

TEST_CASE("a client that begins with another block than the chain is not used") {
  const scripted_client server{manners{}};
  const auto met = [&](char digit) {
    http_engine_options options{.port = server.port(), .chain_id = 1337};
    options.first_block = hash256::from_hex("0x" + std::string(64, digit)).value();
    const auto engine = connect_engine(options, some_secret());
    return estimated(*engine).error();
  };
  CHECK_FALSE(met('a'));
  const auto trouble = met('b');
  CHECK(trouble == engine_error::wrong_chain);
  CHECK(trouble.text() ==
        "the execution client begins with block 0x" + std::string(64, 'a') + ", this chain with 0x" + std::string(64, 'b'));
}

TEST_CASE("methods of eth_ go to a port of their own where there is one and without the token") {
  const scripted_client blocks{manners{}};
  const scripted_client reads{manners{}};
  http_engine_options options{.port = blocks.port(), .rpc_port = reads.port(), .chain_id = 1337};
  const auto engine = connect_engine(options, some_secret());
  CHECK(estimated(*engine).value() == gas{21'000});
  CHECK(blocks.requests().size() == 1);
  CHECK(blocks.requests().front().find("Authorization: Bearer ") != std::string::npos);
  CHECK(reads.requests().size() == 3);
  for (const auto& request : reads.requests()) {
    CHECK(request.find("engine_") == std::string::npos);
    CHECK(request.find("Authorization") == std::string::npos);
  }
}

TEST_CASE("an account is read at the head that is on its way to the client and not at the one before") {
  std::promise<void> taken;
  const scripted_client blocks{[&, gate = taken.get_future().share()](const std::string& request) {
    if (request.find("engine_exchangeCapabilities") != std::string::npos) return manners{}(request);
    gate.wait();
    return result(R"({"payloadStatus":{"status":"VALID","latestValidHash":null,"validationError":null},"payloadId":null})");
  }};
  const scripted_client reads{manners{}};
  const auto engine = connect_engine({.port = blocks.port(), .rpc_port = reads.port(), .chain_id = 1337}, some_secret());
  engine->fork_choice_updated({.head = hash256::from_hex("0x" + first_hash).value()}, std::nullopt,
                              [](const alys::result<forkchoice_verdict>&) {});
  std::promise<alys::result<account_status>> answered;
  engine->account_at({}, block_tag::latest, [&](alys::result<account_status> r) { answered.set_value(std::move(r)); });
  CHECK(estimated(*engine).value() == gas{21'000}); // which was asked later
  for (const auto& request : reads.requests()) CHECK(request.find("eth_getBalance") == std::string::npos);
  taken.set_value();
  CHECK(answered.get_future().get().value().balance == 21'000); // as this client answers everything
}

TEST_CASE("an account is read at the head although the client is ahead of it and the head is from an earlier life") {
  const std::string head(64, 'b');
  const scripted_client server{[&](const std::string& request) -> scripted_client::reply {
    const auto asks = [&](std::string_view word) { return request.find(word) != std::string::npos; };
    if (asks("engine_exchangeCapabilities")) return manners{}(request);
    if (asks("engine_forkchoiceUpdatedV2"))
      return result(R"({"payloadStatus":{"status":"VALID","latestValidHash":null,"validationError":null},"payloadId":null})");
    if (asks("eth_getBlockByHash") || asks(R"("params":["0x7",)")) return result(block_zero(head, "0x7"));
    if (asks("eth_getBalance") || asks("eth_getTransactionCount")) return result(asks(R"("0x7")") ? R"("0x1")" : R"("0x2")");
    return manners{}(request);
  }};
  const auto engine = engine_at(server.port());
  const auto status = [&] {
    return answer_of<account_status>([&](auto done) { engine->account_at({}, block_tag::latest, done); }).value();
  };
  CHECK(status().nonce == 2); // nobody has said yet what the head is
  REQUIRE(answer_of<forkchoice_verdict>(
      [&](auto done) { engine->fork_choice_updated({.head = hash256::from_hex("0x" + head).value()}, std::nullopt, done); }));
  CHECK(status().nonce == 1);
}

TEST_CASE("a client that nobody reaches is left alone after some tries and says why") {
  std::uint16_t port = 0;
  {
    const scripted_client gone{manners{}};
    port = gone.port();
  }
  const auto engine = engine_at(port, 2);
  CHECK(estimated(*engine) == fault::connection_refused);
  CHECK(estimated(*engine) == fault::connection_refused);
  const auto open = estimated(*engine).error();
  CHECK(open == alys::errc::breaker_open);
  CHECK(client_is_away(open));
  CHECK(open.text().find("connection_refused") != std::string::npos);
}

TEST_CASE("a client that comes back is used again") {
  std::atomic<bool> well{false};
  const scripted_client server{[&](const std::string& request) {
    return well ? manners{}(request) : scripted_client::reply{"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"};
  }};
  const auto engine = engine_at(server.port());
  CHECK(estimated(*engine) == fault::authentication_failed);
  well = true;
  CHECK(estimated(*engine).value() == gas{21'000});
}

TEST_CASE("an engine that ends answers what it owes") {
  manners client;
  client.gas = [] { return scripted_client::reply{}; };
  const scripted_client server{client};
  auto engine = engine_at(server.port());
  std::promise<alys::result<gas>> owed;
  auto answer = owed.get_future();
  engine->estimate_gas({}, [&](alys::result<gas> r) { owed.set_value(std::move(r)); });
  engine.reset();
  CHECK(answer.get() == alys::errc::stopped);
}

TEST_CASE("an engine may be let go of by its own last answer") {
  const scripted_client server{manners{}};
  const auto before = threads();
  auto engine = engine_at(server.port());
  std::promise<alys::result<gas>> ended;
  auto* port = engine.get();
  port->estimate_gas({}, [&ended, kept = std::move(engine)](const alys::result<gas>& used) mutable {
    kept.reset();
    ended.set_value(used);
  });
  CHECK(ended.get_future().get() == gas{21'000});
  while (threads() > before) std::this_thread::sleep_for(1ms); // its own ends by itself, behind that answer
}
