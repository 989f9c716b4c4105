// SPDX-License-Identifier: Apache-2.0
//
// From calls to queries: what each method takes, and what it refuses in which words.
#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/api/rpc_methods.hpp>
#include <alys/domain/engine/engine_error.hpp>
#include <alys/domain/engine/transaction_error.hpp>

#include <catch2/catch.hpp>

#include <set>

using namespace alys::domain;

namespace {

const std::string who_text = "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a";
constexpr auto who = address::literal("0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a");
const std::string hash_text = "0x" + std::string(64, '1');
constexpr auto hash = hash256::literal("0x1111111111111111111111111111111111111111111111111111111111111111");

alys::result<rpc_query> decoded(const std::string& method, const std::string& params, rpc_access access = rpc_access::everybody) {
  return decode_call({.method = method, .params = read_json(params).value()}, access);
}

template <class Query>
Query ask(const std::string& method, const std::string& params) {
  const auto query = decoded(method, params);
  INFO(method << params << ": " << query.error().message());
  REQUIRE(query);
  REQUIRE(std::holds_alternative<Query>(*query));
  return std::get<Query>(*query);
}

std::string refusal(const std::string& method, const std::string& params) {
  const auto query = decoded(method, params);
  INFO(method << params);
  REQUIRE_FALSE(query);
  const auto error = to_rpc_error(query.error());
  CHECK(error.code == rpc_code::invalid_params);
  return error.message;
}

// Params of eth_getBalance with this block.
std::string at(const std::string& block) { return "[\"" + who_text + "\"," + block + "]"; }

rpc_block block_of(const std::string& block) { return ask<account_query>("eth_getBalance", at(block)).block; }

} // namespace

TEST_CASE("an unknown method does not exist") {
  const auto query = decoded("eth_nope", "[]");
  REQUIRE(query == rpc_refusal::no_such_method);
  CHECK(to_rpc_error(query.error()) == rpc_error::no_such_method("eth_nope"));
  CHECK(decoded("", "[]") == rpc_refusal::no_such_method);
  CHECK(decoded("ETH_CHAINID", "[]") == rpc_refusal::no_such_method);
}

TEST_CASE("fault injection exists only where it was asked for") {
  const auto refused = decoded("injectfault", R"(["/root/chain/engine","throw"])");
  REQUIRE(refused == rpc_refusal::development_only);
  CHECK(to_rpc_error(refused.error()).code == rpc_code::method_not_found);
  CHECK(to_rpc_error(refused.error()).message == "the method injectfault exists only on a node started with --dev-faults");
  const auto query = decoded("injectfault", R"(["/root/chain/engine","fail"])", rpc_access::development);
  REQUIRE(query);
  CHECK(std::get<fault_query>(*query) == fault_query{"/root/chain/engine", fault_query::kind::failure});
  CHECK(decoded("injectfault", R"(["/root","explode"])", rpc_access::development).error().text() ==
        R"(invalid argument 1: expected "throw" or "fail")");
  CHECK(decoded("injectfault", R"([7,"throw"])", rpc_access::development) == argument_error::invalid);
}

TEST_CASE("a backup has a name or none") {
  CHECK(std::get<backup_query>(decoded("createbackup", "[]").value()) == backup_query{});
  CHECK(std::get<backup_query>(decoded("createbackup", "[null]").value()) == backup_query{});
  CHECK(std::get<backup_query>(decoded("createbackup", R"(["monday"])").value()) == backup_query{"monday"});
  CHECK(decoded("createbackup", "[7]").error().text() == "invalid argument 0: number where a string is expected");
  CHECK(decoded("createbackup", R"(["a","b"])") == argument_error::too_many);
}

TEST_CASE("chaos takes a seed and rules or what is configured and exists only where it was asked for") {
  for (const char* method : {"injectchaos", "getchaos", "stopchaos"}) CHECK(decoded(method, "[]") == rpc_refusal::development_only);
  const auto inject = [](const std::string& params) {
    return std::get<chaos_query>(decoded("injectchaos", params, rpc_access::development).value());
  };
  CHECK(inject("[7]").as == chaos_query::form::inject);
  CHECK(inject("[7]").seed == 7u);
  CHECK_FALSE(inject("[7]").rules);
  CHECK_FALSE(inject("[7,null]").rules);
  CHECK(inject(R"(["0x7",[]])").seed == 7u);
  CHECK(inject(R"([7,[{"paths":"*"}]])").rules.value().size() == 1);
  CHECK(decoded("injectchaos", "[-1]", rpc_access::development) == argument_error::invalid);
  CHECK(decoded("injectchaos", R"([1,{}])", rpc_access::development).error().text() ==
        "invalid argument 1: object where a list of rules is expected");
  CHECK(std::get<chaos_query>(decoded("getchaos", "[]", rpc_access::development).value()).as == chaos_query::form::report);
  CHECK(std::get<chaos_query>(decoded("stopchaos", "[]", rpc_access::development).value()).as == chaos_query::form::stop);
}

TEST_CASE("every method is there once and has its words") {
  std::set<std::string_view> names;
  for (const auto& method : rpc_methods()) {
    CHECK(names.insert(method.name).second);
    CHECK_FALSE(method.params.empty());
    CHECK_FALSE(method.result.empty());
  }
}

TEST_CASE("methods without arguments take none") {
  for (const auto& method : rpc_methods()) {
    if (method.params != "none") continue;
    INFO(method.name);
    CHECK(method.decode(read_json("[]").value()));
    CHECK(method.decode(json_value{}));
    CHECK(method.decode(read_json("[1]").value()).error().text() == "too many arguments, want at most 0");
    CHECK(method.decode(read_json("{}").value()) == argument_error::not_a_list);
    CHECK(method.decode(read_json("7").value()).error().text() == "non-array args");
  }
}

TEST_CASE("methods with arguments refuse to go without") {
  for (const auto& method : rpc_methods()) {
    if (method.params.ends_with("none")) continue;
    INFO(method.name);
    CHECK(method.decode(read_json("[]").value()) == argument_error::missing);
    CHECK(method.decode(json_value{}) == argument_error::missing);
  }
}

TEST_CASE("a block is named by tag or height or hash or object") {
  CHECK(block_of("\"latest\"") == rpc_block{block_tag::latest});
  CHECK(block_of("\"pending\"") == rpc_block{block_tag::pending});
  CHECK(block_of("\"safe\"") == rpc_block{block_tag::safe});
  CHECK(block_of("\"finalized\"") == rpc_block{block_tag::finalized});
  CHECK(block_of("\"earliest\"") == rpc_block{block_tag::earliest});
  CHECK(block_of("\"0x10\"") == rpc_block{block_height{16}});
  CHECK(block_of("\"0x7fffffffffffffff\"") == rpc_block{block_height{9223372036854775807u}});
  CHECK(block_of("\"" + hash_text + "\"") == rpc_block{hash});
  CHECK(block_of(R"({"blockNumber":"0x10"})") == rpc_block{block_height{16}});
  CHECK(block_of(R"({"blockNumber":"latest"})") == rpc_block{block_tag::latest});
  CHECK(block_of(R"({"blockHash":")" + hash_text + R"(","requireCanonical":true})") == rpc_block{hash});
}

TEST_CASE("what names no block is refused in the words of geth") {
  const auto why = [](const std::string& block) { return refusal("eth_getBalance", at(block)); };
  CHECK(why("\"newest\"") == "invalid argument 1: hex string without 0x prefix");
  CHECK(why("\"1\"") == "invalid argument 1: hex string without 0x prefix");
  CHECK(why("\"\"") == "invalid argument 1: empty hex string");
  CHECK(why("\"0x\"") == "invalid argument 1: hex string \"0x\"");
  CHECK(why("\"0x01\"") == "invalid argument 1: hex number with leading zero digits");
  CHECK(why("\"0x8000000000000000\"") == "invalid argument 1: block number larger than int64");
  CHECK(why("\"0x10000000000000000\"") == "invalid argument 1: hex number > 64 bits");
  CHECK(why("1") == "invalid argument 1: number where a block is expected");
  CHECK(why("null") == "invalid argument 1: null where a block is expected");
  CHECK(why("{}") == "invalid argument 1: invalid arguments; neither block nor hash specified");
  CHECK(why(R"({"blockNumber":"0x1","blockHash":")" + hash_text + "\"}") ==
        "invalid argument 1: cannot specify both BlockHash and BlockNumber, choose one or the other");
}

TEST_CASE("arguments are counted") {
  CHECK(refusal("eth_getBalance", "[]") == "missing value for required argument 0");
  CHECK(refusal("eth_getBalance", "[\"" + who_text + "\"]") == "missing value for required argument 1");
  CHECK(refusal("eth_getBalance", "[\"" + who_text + "\",\"latest\",1]") == "too many arguments, want at most 2");
  CHECK(refusal("eth_getBalance", "{\"a\":1}") == "non-array args");
  CHECK(refusal("eth_getBalance", "[\"0x12\",\"newest\"]") == "invalid argument 0: hex string has length 2, want 40 for an address");
}

TEST_CASE("accounts are asked for in their forms") {
  using form = account_query::form;
  CHECK(ask<account_query>("eth_getBalance", at("\"0x5\"")) == account_query{form::balance, who, block_height{5}});
  CHECK(ask<account_query>("eth_getTransactionCount", at("\"pending\"")) ==
        account_query{form::transaction_count, who, block_tag::pending});
  CHECK(ask<code_query>("eth_getCode", at("\"latest\"")) == code_query{who, block_tag::latest});
  const auto key_of = [](const std::string& key) {
    const auto asked = ask<storage_query>("eth_getStorageAt", "[\"" + who_text + "\",\"" + key + "\",\"latest\"]");
    CHECK(asked.who == who);
    return to_hex(asked.key);
  };
  for (const std::string key : {"0x0", "0x00", "0x"}) CHECK(key_of(key) == "0x" + std::string(64, '0'));
  for (const std::string& key : {std::string{"0x1ff"}, std::string{"0x01ff"}, "0x" + std::string(60, '0') + "01ff"})
    CHECK(key_of(key) == "0x" + std::string(60, '0') + "01ff");
  CHECK(refusal("eth_getStorageAt", "[\"" + who_text + "\",\"zz\",\"latest\"]") ==
        "invalid argument 1: unable to decode storage key: hex string invalid");
  CHECK(refusal("eth_getStorageAt", "[\"" + who_text + "\",\"0x" + std::string(66, '0') + "\",\"latest\"]") ==
        "invalid argument 1: unable to decode storage key: hex string too long, want at most 32 bytes");
}

TEST_CASE("blocks are asked for in their forms") {
  using form = block_query::form;
  CHECK(ask<block_query>("eth_getBlockByNumber", R"(["latest",false])") == block_query{form::transaction_hashes, block_tag::latest});
  CHECK(ask<block_query>("eth_getBlockByNumber", R"(["0x7",true])") == block_query{form::full_transactions, block_height{7}});
  CHECK(ask<block_query>("eth_getBlockByHash", "[\"" + hash_text + "\",true]") == block_query{form::full_transactions, hash});
  CHECK(ask<block_query>("eth_getBlockTransactionCountByNumber", R"(["0x7"])") == block_query{form::transaction_count, block_height{7}});
  CHECK(ask<block_query>("eth_getUncleCountByBlockHash", "[\"" + hash_text + "\"]") == block_query{form::uncle_count, hash});
  CHECK(ask<block_query>("eth_getTransactionByBlockNumberAndIndex", R"(["0x7","0x2"])") ==
        block_query{form::transaction_at, block_height{7}, 2});
  CHECK(ask<block_query>("eth_getBlockReceipts", "[\"" + hash_text + "\"]") == block_query{form::receipts, hash});
  CHECK(refusal("eth_getBlockByNumber", R"(["0x1","true"])") == "invalid argument 1: string where true or false is expected");
  CHECK(refusal("eth_getBlockByNumber", R"([{},false])") == "invalid argument 0: object where a hex string is expected");
  CHECK(refusal("eth_getBlockByNumber", "[\"" + hash_text + "\",false]") == "invalid argument 0: hex number > 64 bits");
  CHECK(refusal("eth_getBlockByHash", R"(["latest",false])") == "invalid argument 0: hex string without 0x prefix for a hash");
}

TEST_CASE("Alys blocks are asked for with a bare argument or a list of one") {
  const block_query by_height{block_query::form::alys, block_height{7}};
  for (const std::string params : {"7", "[7]", "\"0x7\"", "[\"0x7\"]"}) CHECK(ask<block_query>("getblockbyheight", params) == by_height);
  const block_query by_id{block_query::form::alys, block_id::literal("0x1111111111111111111111111111111111111111111111111111111111111111")};
  const auto digits = hash_text.substr(2);
  for (const auto& params : {"\"" + hash_text + "\"", "\"" + digits + "\"", "[\"" + hash_text + "\"]", "[\"" + digits + "\"]"})
    CHECK(ask<block_query>("getblockbyhash", params) == by_id);
  CHECK(ask<block_query>("getheadblock", "[]") == block_query{block_query::form::alys, block_tag::latest});
  CHECK(refusal("getblockbyheight", "-1") == "height: number where a hex string is expected");
  CHECK(refusal("getblockbyheight", "1.0") == "height: number where a hex string is expected");
  CHECK(refusal("getblockbyheight", "18446744073709551616") == "height: number where a hex string is expected");
  CHECK(refusal("getblockbyheight", "[7,8]") == "params must be a height: a number, or a list with one");
  CHECK(refusal("getblockbyhash", "\"abc\"") == "block id: expected 64 hexadecimal digits");
  CHECK(refusal("getblockbyhash", "7") == "block id: number where a hex string is expected");
}

TEST_CASE("transactions are asked for by hash") {
  using form = transaction_query::form;
  const auto params = "[\"" + hash_text + "\"]";
  CHECK(ask<transaction_query>("eth_getTransactionByHash", params) == transaction_query{form::transaction, hash});
  CHECK(ask<transaction_query>("eth_getTransactionReceipt", params) == transaction_query{form::receipt, hash});
  CHECK(ask<transaction_query>("eth_getRawTransactionByHash", params) == transaction_query{form::raw, hash});
  CHECK(ask<submit_query>("eth_sendRawTransaction", R"(["0x02f8"])") == submit_query{{0x02, 0xf8}});
  CHECK(refusal("eth_sendRawTransaction", R"(["02f8"])") == "invalid argument 0: hex string without 0x prefix for data");
}

TEST_CASE("a call is described by an object") {
  const auto estimate = ask<estimate_query>(
      "eth_estimateGas",
      R"([{"from":")" + who_text + R"(","to":")" + who_text +
          R"(","value":"0x1","data":"0x00","input":"0x1122","nonce":"0x0","type":"0x2","gas":null,"accessList":[{"address":")" + who_text +
          R"(","storageKeys":[")" + hash_text + R"("]}]},"latest"])");
  CHECK(estimate.call.from == who);
  CHECK(estimate.call.to == who);
  CHECK(estimate.call.value == 1);
  CHECK(estimate.call.data == bytes{0x11, 0x22});
  CHECK(estimate.call.access_list == std::vector<access_list_entry>{{who, {hash}}});
  CHECK_FALSE(ask<estimate_query>("eth_estimateGas", "[{}]").call.to);
  const auto call = ask<call_query>("eth_call", R"([{"to":")" + who_text + R"(","data":"0x2a"},"0x5"])");
  CHECK(call.call.to == who);
  CHECK(call.call.data == bytes{0x2a});
  CHECK(call.block == rpc_block{block_height{5}});
  CHECK(ask<call_query>("eth_call", R"([{"to":")" + who_text + "\"}]").block == rpc_block{block_tag::latest});
  CHECK(refusal("eth_call", R"([{"to":"0x12"}])") == "invalid argument 0: to: hex string has length 2, want 40 for an address");
  CHECK(refusal("eth_estimateGas", R"(["x"])") == "invalid argument 0: string where a call object is expected");
  CHECK(refusal("eth_estimateGas", R"([{"value":"0x01"}])") == "invalid argument 0: value: hex number with leading zero digits");
  CHECK(refusal("eth_estimateGas", R"([{"gas":"0x01"}])") == "invalid argument 0: gas: hex number with leading zero digits");
  CHECK(refusal("eth_estimateGas", R"([{"accessList":[{}]}])") == "invalid argument 0: accessList: an entry needs address and storageKeys");
  CHECK(refusal("eth_estimateGas", R"([{"gasPrice":"0x1","maxFeePerGas":"0x1"}])") ==
        "invalid argument 0: both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
}

TEST_CASE("fees of the past are asked for with count and percentiles") {
  const auto history = ask<fee_history_query>("eth_feeHistory", R"(["0x5","latest",[0,12.5,100]])");
  CHECK(history == fee_history_query{5, block_tag::latest, std::vector<double>{0, 12.5, 100}});
  CHECK(ask<fee_history_query>("eth_feeHistory", R"([5,"0x7",null])") == fee_history_query{5, block_height{7}, std::nullopt});
  CHECK(ask<fee_history_query>("eth_feeHistory", R"(["0xffff","latest",[]])").count == most_fee_blocks);
  CHECK(ask<known_query>("eth_feeHistory", R"(["0x0","latest",[]])").result == R"({"oldestBlock":"0x0","gasUsedRatio":null})");
  CHECK(refusal("eth_feeHistory", R"(["0x5","latest",[-1]])") == "invalid argument 2: invalid reward percentile: -1");
  CHECK(refusal("eth_feeHistory", R"(["0x5","latest",[100.5]])") == "invalid argument 2: invalid reward percentile: 100.5");
  CHECK(refusal("eth_feeHistory", R"(["0x5","latest",[75,25]])") == "invalid argument 2: reward percentiles must ascend");
  CHECK(refusal("eth_feeHistory", R"(["0x5","latest",["a"]])") == "invalid argument 2: string where a number is expected");
}

TEST_CASE("what needs nobody is known") {
  CHECK(ask<known_query>("eth_accounts", "[]").result == "[]");
  CHECK(ask<known_query>("net_listening", "[]").result == "true");
  CHECK(ask<known_query>("web3_sha3", R"(["0x1234"])").result == "\"0x56570de287d73cd1cb6092bb8fdee6173974955fdef345ae579ee9f475ea7432\"");
}

TEST_CASE("logs are asked for in a range or in one block") {
  const auto where = [](const std::string& filter) { return ask<log_query>("eth_getLogs", "[" + filter + "]").where; };
  using place = std::variant<block_range, hash256>;
  CHECK(where("{}") == place{block_range{}});
  CHECK(where(R"({"fromBlock":"0x0","toBlock":"latest"})") == place{block_range{block_height{0}, block_tag::latest}});
  CHECK(where(R"({"fromBlock":null,"toBlock":"finalized"})") == place{block_range{block_tag::latest, block_tag::finalized}});
  CHECK(where(R"({"blockHash":")" + hash_text + "\"}") == place{hash});
  CHECK(where(R"({"fromBlock":null,"blockHash":")" + hash_text + "\"}") == place{hash});
  CHECK(where(R"({"blockHash":null})") == place{block_range{}});
  CHECK(refusal("eth_getLogs", R"([{"fromBlock":"zero"}])") == "invalid argument 0: fromBlock: hex string without 0x prefix");
  CHECK(refusal("eth_getLogs", R"([{"fromBlock":"0x1","blockHash":")" + hash_text + "\"}]") ==
        "invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
  CHECK(refusal("eth_getLogs", R"([{"blockHash":"0x12"}])") ==
        "invalid argument 0: blockHash: hex string has length 2, want 64 for a hash");
  CHECK(refusal("eth_getLogs", "[1]") == "invalid argument 0: number where a filter object is expected");
}

TEST_CASE("logs are asked for by accounts and topics") {
  const auto which = [](const std::string& filter) { return ask<log_query>("eth_getLogs", "[{" + filter + "}]").which; };
  const std::string topic = "\"" + hash_text + "\"";
  CHECK(which("") == log_filter{});
  CHECK(which(R"("address":")" + who_text + "\"") == log_filter{.accounts = {who}});
  CHECK(which(R"("address":[")" + who_text + "\",\"" + who_text + "\"]") == log_filter{.accounts = {who, who}});
  CHECK(which(R"("address":null,"topics":null)") == log_filter{});
  CHECK(which(R"("topics":[)" + topic + ",null,[" + topic + "," + topic + "],[]]") == log_filter{.topics = {{hash}, {}, {hash, hash}, {}}});
  CHECK(which(R"("topics":[[)" + topic + ",null]]") == log_filter{.topics = {{}}});
  CHECK(refusal("eth_getLogs", R"([{"topics":[null,null,null,null,null]}])") == "invalid argument 0: topics: exceed max topics");
  CHECK(refusal("eth_getLogs", R"([{"topics":"0x12"}])") == "invalid argument 0: topics: string where a list of topics is expected");
  CHECK(refusal("eth_getLogs", R"([{"topics":["0x12"]}])") == "invalid argument 0: topics: hex string has length 2, want 64 for a hash");
  CHECK(refusal("eth_getLogs", R"([{"address":["0x12"]}])") ==
        "invalid argument 0: address: hex string has length 2, want 40 for an address");
  std::string many = topic;
  for (std::size_t i = 0; i < log_filter::most_choices; ++i) many += "," + topic;
  CHECK(refusal("eth_getLogs", R"([{"topics":[[)" + many + "]]}]") == "invalid argument 0: topics: more than 1000 choices");
}

TEST_CASE("errors of the node become errors of the call") {
  const auto reverted = to_rpc_error(alys::refuse(engine_error::reverted, "0x08c379a0"));
  CHECK(static_cast<int>(reverted.code) == 3);
  CHECK(reverted.message == "execution reverted");
  CHECK(reverted.data == "\"0x08c379a0\"");
  const auto logs = to_rpc_error(alys::refuse(rpc_refusal::too_many_logs, "in blocks up to 0x7"));
  CHECK(logs == rpc_error{rpc_code::too_large, "the logs take more than 20971520 bytes: in blocks up to 0x7"});
  const auto funds = to_rpc_error(refuse_transaction(transaction_error::insufficient_funds, "have 1 want 2"));
  CHECK(funds.code == rpc_code::rejected);
  CHECK(funds.message == "insufficient funds for gas * price + value: have 1 want 2");
  CHECK(to_rpc_error(alys::refuse(engine_error::unknown_block, "0x11")) == rpc_error{rpc_code::rejected, "header not found"});
  CHECK(to_rpc_error(alys::refuse(transaction_error::nonce_too_low)).message == "transaction_error::nonce_too_low");
  CHECK(to_rpc_error(alys::refuse(alys::errc::no_such_path, "/root/nobody")) == rpc_error::invalid_params("no actor at /root/nobody"));
  CHECK(to_rpc_error(alys::refuse(alys::errc::wrong_type, "/root is a supervisor")) == rpc_error::invalid_params("/root is a supervisor"));
  const alys::error lost{alys::error_kind::undelivered, alys::errc::deadline, alys::category::timeout, std::nullopt, "/root/chain/engine"};
  CHECK(to_rpc_error(lost) == rpc_error{rpc_code::unavailable, "the node cannot answer this now"});
  CHECK(to_rpc_error(alys::fail(alys::category::database, "/var/secret: disk on fire")) ==
        rpc_error{rpc_code::internal_error, "internal error"});
}
