// SPDX-License-Identifier: Apache-2.0
//
// Answers as JSON, held against what geth answers about the same block (vectors/geth_block.json says how it was recorded).
#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/api/rpc_format.hpp>
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/engine/execution_header.hpp>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>

using namespace alys::domain;
using nlohmann::json;

namespace {

const json& recorded() {
  static const json content = [] {
    std::ifstream file(ALYS_GETH_BLOCK);
    return json::parse(file);
  }();
  return content;
}

std::uint64_t number(const json& quantity) { return read_quantity(json_value{quantity.get<std::string>()}).value(); }
wei amount(const json& quantity) { return read_amount(json_value{quantity.get<std::string>()}).value(); }
bytes data(const json& text) { return from_hex(text.get<std::string>()).value(); }

template <class T>
T fixed(const json& text) {
  return T::from_hex(text.get<std::string>()).value();
}

execution_payload recorded_payload() {
  const auto& b = recorded().at("hashes");
  execution_payload p;
  p.parent_hash = fixed<hash256>(b.at("parentHash"));
  p.fee_recipient = fixed<address>(b.at("miner"));
  p.state_root = fixed<hash256>(b.at("stateRoot"));
  p.receipts_root = fixed<hash256>(b.at("receiptsRoot"));
  p.logs_bloom = fixed<bloom>(b.at("logsBloom"));
  p.prev_randao = fixed<hash256>(b.at("mixHash"));
  p.block_number = block_height{number(b.at("number"))};
  p.gas_limit = gas{number(b.at("gasLimit"))};
  p.gas_used = gas{number(b.at("gasUsed"))};
  p.timestamp = unix_seconds{number(b.at("timestamp"))};
  p.extra_data = data(b.at("extraData"));
  p.base_fee_per_gas = amount(b.at("baseFeePerGas"));
  p.block_hash = fixed<hash256>(b.at("hash"));
  for (const auto& raw : recorded().at("raw")) p.transactions.push_back(data(raw));
  for (const auto& w : b.at("withdrawals"))
    p.withdrawals.push_back(
        {number(w.at("index")), number(w.at("validatorIndex")), fixed<address>(w.at("address")), gwei{number(w.at("amount"))}});
  return p;
}

stored_block recorded_block() {
  stored_block found;
  found.block.payload = recorded_payload();
  found.block.header.chain_id = 1337;
  found.block.header.height = found.block.payload.block_number;
  found.block.header.slot = slot{99};
  found.block.header.time = unix_milliseconds{1'700'000'000'123};
  found.block.header.author = authority_index{2};
  found.block.header.payload = commitment_of(found.block.payload);
  found.block.approvals.push_back({authority_index{1}, {}});
  for (const auto& r : recorded().at("receipts")) {
    found.receipts.push_back({.type = static_cast<transaction_type>(number(r.at("type"))),
                              .succeeded = true,
                              .cumulative_gas_used = gas{number(r.at("cumulativeGasUsed"))},
                              .transaction_hash = fixed<hash256>(r.at("transactionHash")),
                              .sender = fixed<address>(r.at("from")),
                              .to = fixed<address>(r.at("to")),
                              .gas_used = gas{number(r.at("gasUsed"))},
                              .effective_gas_price = amount(r.at("effectiveGasPrice"))});
  }
  return found;
}

included_transaction recorded_transaction(std::size_t index) { return transaction_in(recorded_block(), index); }

json shown(block_query::form form, std::uint64_t index = 0) {
  const auto found = recorded_block();
  return json::parse(format(block_query{form, block_tag::latest, index}, &found));
}

// What geth says, without a field that later versions of geth do not have either.
json without_total_difficulty(json block) {
  block.erase("totalDifficulty");
  return block;
}

node_status sample_status() {
  node_status status;
  status.client_version = "alysd/0.1.0";
  status.engine = "embedded ledger";
  status.chain_id = 121'212;
  status.head = {block_id{}, block_height{12}, slot{34}};
  status.head_time = unix_milliseconds{56};
  status.last_final = {block_id{}, block_height{10}, slot{32}};
  status.authorities = 1;
  status.started = unix_milliseconds{7};
  return status;
}

} // namespace

TEST_CASE("the recorded block hashes to its hash") { CHECK(hash_of(header_of(recorded_payload())) == recorded_payload().block_hash); }

TEST_CASE("a block is shown as geth shows it") {
  CHECK(shown(block_query::form::transaction_hashes) == without_total_difficulty(recorded().at("hashes")));
  CHECK(shown(block_query::form::full_transactions) == without_total_difficulty(recorded().at("full")));
}

TEST_CASE("receipts are shown as geth shows them") {
  CHECK(shown(block_query::form::receipts) == recorded().at("receipts"));
  for (std::size_t i = 0; i < recorded().at("receipts").size(); ++i)
    CHECK(json::parse(format(transaction_query{transaction_query::form::receipt, {}}, recorded_transaction(i))) ==
          recorded().at("receipts")[i]);
}

TEST_CASE("logs are shown in their receipts and alone with their places in the block") {
  stored_block found = recorded_block();
  const log_entry log{address::from(bytes(20, 0x11)).value(), {hash256::from(bytes(32, 0x22)).value()}, {0xab, 0xcd}};
  found.receipts[0].logs = {log, log};
  found.receipts[2].logs = {log};
  std::vector<log_entry> all{log};
  found.block.payload.logs_bloom = bloom_of(all);
  const auto receipts = json::parse(format(block_query{block_query::form::receipts, block_tag::latest, 0}, &found));
  CHECK(receipts[2].at("logsBloom") == to_hex(bloom_of(all)));
  CHECK(receipts[1].at("logs") == json::array());
  const json third{{"address", "0x" + std::string(40, '1')},
                   {"topics", {"0x" + std::string(64, '2')}},
                   {"data", "0xabcd"},
                   {"blockNumber", to_quantity(found.block.payload.block_number)},
                   {"transactionHash", to_hex(found.receipts[2].transaction_hash)},
                   {"transactionIndex", "0x2"},
                   {"blockHash", to_hex(found.block.payload.block_hash)},
                   {"logIndex", "0x2"},
                   {"removed", false}};
  CHECK(receipts[2].at("logs") == json::array({third}));
  CHECK(receipts[0].at("logs").size() == 2);
  const auto shown = json::parse(format(log_query{}, find_logs(found, {})));
  REQUIRE(shown.size() == 3);
  CHECK(shown[2] == third);
  CHECK(shown[1].at("logIndex") == "0x1");
  CHECK(format(log_query{}, find_logs(found, {.accounts = {address{}}})) == "[]");
  found.block.payload.logs_bloom = {}; // what it does not have is not looked for
  CHECK(find_logs(found, {.accounts = {log.account}}).empty());
}

TEST_CASE("the receipt of a transaction that makes a contract says where") {
  stored_block found = recorded_block();
  auto made = transaction_in(found, 0);
  const std::uint64_t nonce = decode_transaction(made.raw).value().nonce;
  made.receipt.to.reset();
  const auto receipt = json::parse(format(transaction_query{transaction_query::form::receipt, {}}, made));
  CHECK(receipt.at("contractAddress") == to_hex(contract_address(made.receipt.sender, nonce)));
  CHECK(receipt.at("to") == nullptr);
}

TEST_CASE("transactions are shown as geth shows them") {
  const auto& full = recorded().at("full").at("transactions");
  for (std::size_t i = 0; i < full.size(); ++i) {
    CHECK(json::parse(format(transaction_query{transaction_query::form::transaction, {}}, recorded_transaction(i))) == full[i]);
    CHECK(shown(block_query::form::transaction_at, i) == full[i]);
    CHECK(json::parse(format(transaction_query{transaction_query::form::raw, {}}, recorded_transaction(i))) == recorded().at("raw")[i]);
  }
  CHECK(shown(block_query::form::transaction_at, full.size()) == nullptr);
  CHECK(shown(block_query::form::transaction_at, ~std::uint64_t{0}) == nullptr);
}

TEST_CASE("a waiting transaction is shown as geth shows it") {
  std::map<json, bytes> raw_by_hash;
  for (std::size_t i = 0; i < recorded().at("raw").size(); ++i)
    raw_by_hash[recorded().at("hashes").at("transactions")[i]] = data(recorded().at("raw")[i]);
  for (const auto& waiting : recorded().at("pending")) {
    const found_transaction found = recover_transaction(raw_by_hash.at(waiting.at("hash"))).value();
    CHECK(json::parse(format(transaction_query{transaction_query::form::transaction, {}}, found)) == waiting);
    CHECK(format(transaction_query{transaction_query::form::receipt, {}}, found) == "null");
  }
}

TEST_CASE("what nobody has is null") {
  CHECK(format(transaction_query{transaction_query::form::transaction, {}}, found_transaction{}) == "null");
  CHECK(format(transaction_query{transaction_query::form::receipt, {}}, found_transaction{}) == "null");
  CHECK(format(transaction_query{transaction_query::form::raw, {}}, found_transaction{}) == "\"0x\"");
  CHECK(format(block_query{block_query::form::full_transactions, block_tag::latest}, nullptr) == "null");
}

TEST_CASE("counts of a block are quantities") {
  CHECK(shown(block_query::form::transaction_count) == "0x4");
  CHECK(shown(block_query::form::uncle_count) == "0x0");
  CHECK(shown(block_query::form::uncle) == nullptr);
}

TEST_CASE("fees of the past are what geth says") {
  const std::vector blocks{std::make_shared<const stored_block>(recorded_block())};
  const fee_history_query query{1, block_tag::latest, std::vector<double>{0, 25, 50, 75, 100}};
  CHECK(json::parse(format(query, blocks)) == recorded().at("fee_history"));
  const auto without = json::parse(format(fee_history_query{1, block_tag::latest, std::nullopt}, blocks));
  CHECK_FALSE(without.contains("reward"));
  CHECK(without.at("baseFeePerGas") == recorded().at("fee_history").at("baseFeePerGas"));
}

TEST_CASE("an empty block rewards nothing") {
  auto empty = recorded_block();
  empty.block.payload.transactions.clear();
  empty.block.payload.gas_used = gas{};
  empty.receipts.clear();
  const std::vector blocks{std::make_shared<const stored_block>(empty)};
  const auto history = json::parse(format(fee_history_query{1, block_tag::latest, std::vector<double>{0, 100}}, blocks));
  CHECK(history.at("reward") == json::parse(R"([["0x0","0x0"]])"));
  CHECK(history.at("gasUsedRatio") == json::parse("[0.0]"));
}

TEST_CASE("an Alys block is shown with its seal and its approvals around the payload") {
  const auto found = recorded_block();
  const auto block = shown(block_query::form::alys);
  CHECK(block.at("id") == to_hex(id_of(found.block.header)));
  CHECK(block.at("height") == 5);
  CHECK(block.at("slot") == 99);
  CHECK(block.at("time") == 1'700'000'000'123);
  CHECK(block.at("author") == 2);
  CHECK(block.at("final") == false);
  CHECK(block.at("seal") == "0x" + std::string(128, '0'));
  CHECK(block.at("approvals") == json::parse(R"([{"authority":1,"signature":"0x)" + std::string(128, '0') + "\"}]"));
  CHECK(block.at("payload_commitment") == to_hex(commitment_of(found.block.payload)));
  const auto& payload = block.at("payload");
  CHECK(payload.at("blockHash") == recorded().at("full").at("hash"));
  CHECK(payload.at("transactions") == recorded().at("raw"));
  CHECK(payload.at("withdrawals") == recorded().at("full").at("withdrawals"));
  CHECK(payload.at("fork") == "shanghai");
  CHECK(payload.size() == 16); // and ExecutionPayloadV2
}

TEST_CASE("the node says how it is") {
  auto status = sample_status();
  using form = status_query::form;
  CHECK(format(status_query{form::chain_id}, status) == "\"0x1d97c\"");
  CHECK(format(status_query{form::network_version}, status) == "\"121212\"");
  CHECK(format(status_query{form::client_version}, status) == "\"alysd/0.1.0\"");
  CHECK(format(status_query{form::block_number}, status) == "\"0xc\"");
  CHECK(format(status_query{form::syncing}, status) == "false");
  CHECK(format(status_query{form::peer_count}, status) == "\"0x0\"");
  const auto zero = "0x" + std::string(64, '0');
  CHECK(json::parse(format(status_query{form::node_status}, status)) ==
        json{{"version", "alysd/0.1.0"},
             {"engine", "embedded ledger"},
             {"chain_id", 121'212},
             {"genesis", zero},
             {"head", {{"id", zero}, {"height", 12}, {"slot", 34}, {"time", 56}, {"payload", zero}}},
             {"final", {{"id", zero}, {"height", 10}, {"slot", 32}}},
             {"authorities", 1},
             {"authority", nullptr},
             {"peers", 0},
             {"state", "initializing"},
             {"syncing", false},
             {"interrupted_imports", 0},
             {"started", 7}});
  status.sync = sync_progress{block_height{1}, block_height{2}, block_height{3}};
  CHECK(format(status_query{form::syncing}, status) == R"({"startingBlock":"0x1","currentBlock":"0x2","highestBlock":"0x3"})");
}

TEST_CASE("accounts and fees are shown in the form that was asked for") {
  const account_status account{.balance = 1'000, .nonce = 5, .pending_nonce = 7};
  using form = account_query::form;
  CHECK(format(account_query{form::balance, {}, block_tag::latest}, account) == "\"0x3e8\"");
  CHECK(format(account_query{form::transaction_count, {}, block_tag::latest}, account) == "\"0x5\"");
  CHECK(format(account_query{form::transaction_count, {}, block_tag::pending}, account) == "\"0x7\"");
  CHECK(format(code_query{}, bytes{}) == "\"0x\"");
  CHECK(format(code_query{}, bytes{0x60, 0x01}) == "\"0x6001\"");
  CHECK(format(call_query{}, bytes{0x2a}) == "\"0x2a\"");
  CHECK(format(storage_query{}, hash256{}) == "\"0x" + std::string(64, '0') + "\"");
  const fee_quote quote{.base_fee = 7, .suggested_tip = 2, .gas_limit = gas{30'000'000}};
  CHECK(format(fee_query{fee_query::form::gas_price}, quote) == "\"0x9\"");
  CHECK(format(fee_query{fee_query::form::priority_fee}, quote) == "\"0x2\"");
  CHECK(format(submit_query{}, hash256{}) == "\"0x" + std::string(64, '0') + "\"");
  CHECK(format(estimate_query{}, gas{21'000}) == "\"0x5208\"");
}
