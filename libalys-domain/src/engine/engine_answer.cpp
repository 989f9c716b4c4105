// SPDX-License-Identifier: Apache-2.0
//
// What an execution client answers, field by field.
#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/engine/engine_api.hpp>
#include <alys/domain/engine/execution_header.hpp>

#include <charconv>

namespace alys::domain {
namespace {

// A block of 16 384 transactions, the most that Alys has, as receipts with some logs each. What is larger was cut off by its bytes before.
constexpr json_limits answer_limits{.max_depth = 16, .max_values = 2'000'000};
constexpr std::size_t most_words = 300; // of a client's own text that are passed on

[[nodiscard]] alys::error invalid(std::string text) { return alys::refuse(engine_error::invalid_answer, std::move(text)); }

// Somebody else's text, short and without control characters.
[[nodiscard]] std::string cleaned(std::string_view words) {
  std::string out{words.substr(0, most_words)};
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

// Takes the members of an object one by one; from the first error on, what it gives are default values.
class fields {
public:
  fields(const json_value& from, std::string_view what) : from_(from), what_(what) {
    if (from.as_object() == nullptr) error_ = invalid(std::string{what} + ": " + std::string{from.kind()} + " where an object is expected");
  }

  template <class T>
  [[nodiscard]] T required(std::string_view name, alys::result<T> (*read)(const json_value&)) {
    const auto* value = from_.member(name);
    if (value == nullptr) return refuse<T>(name, "is missing");
    auto got = read(*value);
    if (!got) return refuse<T>(name, got.error().text());
    return std::move(*got);
  }
  // Null and absent are nothing.
  template <class T>
  [[nodiscard]] std::optional<T> optional(std::string_view name, alys::result<T> (*read)(const json_value&)) {
    if (!has(name)) return std::nullopt;
    return required(name, read);
  }
  template <class Unit>
  [[nodiscard]] Unit number(std::string_view name) {
    return Unit{required(name, read_quantity)};
  }
  [[nodiscard]] bool has(std::string_view name) const {
    const auto* value = from_.member(name);
    return value != nullptr && !value->is_null();
  }
  [[nodiscard]] const alys::error& error() const { return error_; }

private:
  template <class T>
  [[nodiscard]] T refuse(std::string_view name, std::string_view why) {
    if (!error_) error_ = invalid(std::string{what_} + '.' + std::string{name} + ": " + std::string{why});
    return T{};
  }

  const json_value& from_;
  std::string_view what_;
  alys::error error_;
};

template <class T>
[[nodiscard]] alys::result<T> read_fixed(const json_value& value) {
  const auto data = read_data(value);
  if (!data) return data.error();
  return T::from(*data);
}

[[nodiscard]] alys::result<std::string> read_text(const json_value& value) {
  const auto* text = value.as_string();
  if (text == nullptr) return invalid(std::string{value.kind()} + " where a string is expected");
  return *text;
}

[[nodiscard]] alys::result<bytes> read_extra_data(const json_value& value) {
  auto data = read_data(value);
  if (data && data->size() > longest_extra_data)
    return invalid(std::to_string(data->size()) + " bytes, at most " + std::to_string(longest_extra_data) + " are allowed");
  return data;
}

template <class T, class Read>
[[nodiscard]] alys::result<std::vector<T>> read_list(const json_value& value, Read&& read) {
  const auto* list = value.as_array();
  if (list == nullptr) return invalid(std::string{value.kind()} + " where a list is expected");
  std::vector<T> all;
  all.reserve(list->size());
  for (const auto& element : *list) {
    auto one = read(element);
    if (!one) return invalid("[" + std::to_string(all.size()) + "] " + one.error().text());
    all.push_back(std::move(*one));
  }
  return all;
}

[[nodiscard]] alys::result<std::vector<bytes>> read_transactions(const json_value& value) { return read_list<bytes>(value, read_data); }

[[nodiscard]] alys::result<withdrawal> read_withdrawal(const json_value& value) {
  fields from{value, "withdrawal"};
  withdrawal w{from.required("index", read_quantity), from.required("validatorIndex", read_quantity),
               from.required("address", read_address), from.number<gwei>("amount")};
  if (from.error()) return from.error();
  return w;
}

[[nodiscard]] alys::result<std::vector<withdrawal>> read_withdrawals(const json_value& value) {
  return read_list<withdrawal>(value, read_withdrawal);
}

[[nodiscard]] alys::result<payload_status> read_status(const json_value& value) {
  const auto* text = value.as_string();
  for (const auto status : {payload_status::valid, payload_status::invalid, payload_status::syncing, payload_status::accepted}) {
    if (text != nullptr && *text == to_string(status)) return status;
  }
  // An older name that clients still use for a payload whose hash is wrong.
  if (text != nullptr && *text == "INVALID_BLOCK_HASH") return payload_status::invalid;
  return invalid(text == nullptr ? std::string{value.kind()} + " where a status is expected" : "unknown status " + cleaned(*text));
}

[[nodiscard]] alys::result<payload_verdict> read_forkchoice_status(const json_value& value) {
  auto read = read_payload_status(value);
  if (read && read->status == payload_status::accepted) return invalid("ACCEPTED, which is no answer to a forkchoice");
  return read;
}

constexpr std::int64_t reverted = 3; // geth's, and others have taken it over

[[nodiscard]] std::optional<std::int64_t> code_of(const json_value& error) {
  const auto* code = error.member("code");
  const auto* number = code != nullptr ? code->as_number() : nullptr;
  if (number == nullptr) return std::nullopt;
  std::int64_t value = 0;
  const auto* end = number->text.data() + number->text.size();
  const auto [stop, failed] = std::from_chars(number->text.data(), end, value);
  if (failed != std::errc{} || stop != end) return std::nullopt;
  return value;
}

[[nodiscard]] engine_error meaning_of(std::int64_t code) noexcept {
  switch (code) {
    case engine_code::unknown_payload: return engine_error::unknown_payload;
    case engine_code::invalid_forkchoice: return engine_error::invalid_forkchoice;
    case engine_code::invalid_attributes: return engine_error::invalid_attributes;
    case engine_code::too_large: return engine_error::request_too_large;
    case engine_code::unsupported_fork: return engine_error::unsupported_fork;
    case engine_code::reorg_too_deep: return engine_error::reorg_too_deep;
    case engine_code::method_not_found: return engine_error::not_offered;
    default: return engine_error::client_refused;
  }
}

[[nodiscard]] alys::error read_rpc_error(const json_value& error) {
  const auto code = code_of(error);
  if (!code) return invalid("an error without a code");
  if (const auto* data = error.member("data"); *code == reverted && data != nullptr) {
    const auto given = read_data(*data);
    return given ? alys::refuse(engine_error::reverted, to_hex(*given))
                 : invalid("data of a call that was reverted: " + given.error().text());
  }
  const auto* message = error.member("message");
  const auto* words = message != nullptr ? message->as_string() : nullptr;
  return alys::refuse(meaning_of(*code), std::to_string(*code) + (words != nullptr ? ": " + cleaned(*words) : std::string{}));
}

// The fields that payloads and blocks have in common. They differ in the names of two.
void read_common(fields& from, execution_payload& p, std::string_view recipient, std::string_view randao, std::string_view number,
                 std::string_view hash) {
  p.parent_hash = from.required("parentHash", read_hash);
  p.fee_recipient = from.required(recipient, read_address);
  p.state_root = from.required("stateRoot", read_hash);
  p.receipts_root = from.required("receiptsRoot", read_hash);
  p.logs_bloom = from.required("logsBloom", read_fixed<bloom>);
  p.prev_randao = from.required(randao, read_hash);
  p.block_number = from.number<block_height>(number);
  p.gas_limit = from.number<gas>("gasLimit");
  p.gas_used = from.number<gas>("gasUsed");
  p.timestamp = from.number<unix_seconds>("timestamp");
  p.extra_data = from.required("extraData", read_extra_data);
  p.base_fee_per_gas = from.required("baseFeePerGas", read_amount);
  p.block_hash = from.required(hash, read_hash);
  p.withdrawals = from.required("withdrawals", read_withdrawals);
}

[[nodiscard]] alys::error not_of_alys(std::string_view what) {
  return alys::refuse(engine_error::unsupported_fork, "the block has " + std::string{what} + ", which no block of Alys has");
}

// The fields of a payload or block of Cancun or later.
[[nodiscard]] alys::error find_blobs(fields& from) {
  const auto used = from.required("blobGasUsed", read_quantity);
  const auto excess = from.required("excessBlobGas", read_quantity);
  if (from.error()) return from.error();
  return used != 0 || excess != 0 ? not_of_alys("blobs") : alys::error{};
}

[[nodiscard]] alys::result<execution_payload> read_payload(const json_value& value) {
  fields from{value, "executionPayload"};
  execution_payload p;
  read_common(from, p, "feeRecipient", "prevRandao", "blockNumber", "blockHash");
  p.transactions = from.required("transactions", read_transactions);
  if (from.error()) return from.error();
  return p;
}

// Null: the client does not have it.
[[nodiscard]] alys::result<std::optional<payload_body>> read_body(const json_value& value) {
  if (value.is_null()) return std::optional<payload_body>{};
  fields from{value, "payloadBody"};
  payload_body body{from.required("transactions", read_transactions)};
  if (from.error()) return from.error();
  return std::optional{std::move(body)};
}

[[nodiscard]] alys::result<bool> read_success(const json_value& value) {
  const auto number = read_quantity(value);
  if (!number) return number.error();
  if (*number > 1) return invalid("neither 0x0 nor 0x1");
  return *number == 1;
}

[[nodiscard]] alys::result<std::vector<hash256>> read_topics(const json_value& value) {
  auto topics = read_list<hash256>(value, read_hash);
  if (topics && topics->size() > log_entry::most_topics) return invalid(std::to_string(topics->size()) + " topics, where 4 are allowed");
  return topics;
}

[[nodiscard]] alys::result<log_entry> read_log(const json_value& value) {
  fields from{value, "log"};
  log_entry log{from.required("address", read_address), from.required("topics", read_topics), from.required("data", read_data)};
  if (from.error()) return from.error();
  return log;
}

[[nodiscard]] alys::result<std::vector<log_entry>> read_logs(const json_value& value) { return read_list<log_entry>(value, read_log); }

[[nodiscard]] alys::result<execution_outcome> read_outcome(const json_value& value) {
  fields from{value, "receipt"};
  execution_outcome outcome{from.required("status", read_success), from.number<gas>("cumulativeGasUsed"), from.required("logs", read_logs)};
  if (from.error()) return from.error();
  return outcome;
}

} // namespace

alys::result<json_value> read_rpc_answer(std::string_view body) {
  const auto document = read_json(body, answer_limits);
  if (!document) return invalid("the answer is no JSON: " + document.error().text());
  if (document->as_object() == nullptr) return invalid("the answer is no object: " + std::string{document->kind()});
  if (const auto* error = document->member("error"); error != nullptr && !error->is_null()) return read_rpc_error(*error);
  const auto* result = document->member("result");
  if (result == nullptr) return invalid("the answer has neither result nor error");
  return *result;
}

alys::result<hash256> read_word(const json_value& value) {
  auto given = read_data(value);
  if (!given) return invalid("eth_getStorageAt: " + given.error().text());
  if (given->size() > hash256::size()) return invalid("eth_getStorageAt: more than 32 bytes");
  bytes whole(hash256::size() - given->size());
  whole.insert(whole.end(), given->begin(), given->end());
  return hash256::from(whole);
}

alys::result<payload_verdict> read_payload_status(const json_value& value) {
  fields from{value, "payloadStatus"};
  payload_verdict verdict;
  verdict.status = from.required("status", read_status);
  verdict.latest_valid_hash = from.optional("latestValidHash", read_hash);
  verdict.validation_error = cleaned(from.optional("validationError", read_text).value_or(std::string{}));
  if (from.error()) return from.error();
  if (verdict.status == payload_status::invalid && verdict.validation_error.empty())
    verdict.validation_error = "the execution client gives no reason";
  return verdict;
}

alys::result<forkchoice_verdict> read_forkchoice_answer(const json_value& value) {
  fields from{value, "forkchoiceUpdated"};
  const auto status = from.required("payloadStatus", read_forkchoice_status);
  const auto payload = from.optional("payloadId", read_fixed<payload_id>);
  if (from.error()) return from.error();
  return forkchoice_verdict{status.status, status.latest_valid_hash, payload};
}

alys::result<execution_payload> read_built_payload(const json_value& value, execution_fork fork) {
  fields from{value, "getPayload"};
  auto payload = from.required("executionPayload", read_payload);
  const auto requests = fork >= execution_fork::prague ? from.required("executionRequests", read_transactions) : std::vector<bytes>{};
  if (from.error()) return from.error();
  if (fork >= execution_fork::cancun) {
    fields of_payload{*value.member("executionPayload"), "executionPayload"};
    if (const auto found = find_blobs(of_payload)) return found;
  }
  if (!requests.empty()) return not_of_alys("requests to the consensus layer");
  payload.fork = fork;
  return payload;
}

alys::result<std::vector<payload_body>> read_payload_bodies(const json_value& value) {
  auto all = read_list<std::optional<payload_body>>(value, read_body);
  if (!all) return invalid("payloadBodies: " + all.error().text());
  std::vector<payload_body> there;
  for (auto& each : *all) {
    if (!each) break;
    there.push_back(*std::move(each));
  }
  return there;
}

alys::result<std::vector<std::string>> read_capabilities(const json_value& value) { return read_list<std::string>(value, read_text); }

alys::result<execution_payload> read_client_block(const json_value& value) {
  fields from{value, "block"};
  execution_payload p;
  read_common(from, p, "miner", "mixHash", "number", "hash");
  if (from.error()) return from.error();
  if (!from.has("blobGasUsed") && !from.has("excessBlobGas") && !from.has("parentBeaconBlockRoot")) return p;
  p.fork = execution_fork::cancun;
  if (const auto found = find_blobs(from)) return found;
  const auto root = from.required("parentBeaconBlockRoot", read_hash);
  const auto requests = from.optional("requestsHash", read_hash);
  if (from.error()) return from.error();
  if (root != p.prev_randao) return not_of_alys("another beacon root than mixHash");
  if (requests && requests != no_requests) return not_of_alys("requests to the consensus layer");
  if (requests) p.fork = execution_fork::prague;
  return p;
}

alys::result<std::vector<execution_outcome>> read_outcomes(const json_value& value) {
  return read_list<execution_outcome>(value, read_outcome);
}

transaction_error transaction_error_in(std::string_view words) noexcept {
  struct spelling {
    std::string_view words;
    transaction_error meaning;
  };
  // @ethereumjs/client's words, where they are not geth's.
  static constexpr spelling others[] = {
      {"(insufficient balance)", transaction_error::insufficient_funds},
      {"already in the TxPool", transaction_error::already_known},
      {"(tx nonce too low)", transaction_error::nonce_too_low},
      {"replacement gas too low", transaction_error::replacement_underpriced},
      {"(exceeds last block gas limit)", transaction_error::exceeds_block_gas_limit},
      {"does not pay the minimum gas price", transaction_error::underpriced},
      {"not within 50% range of current basefee", transaction_error::underpriced},
      {"already have max amount of txs", transaction_error::account_limit_exceeded},
      {"pool is full", transaction_error::pool_full},
      {"Tx is too large", transaction_error::oversized},
  };
  auto best = transaction_error::none;
  for (auto each = static_cast<std::uint8_t>(transaction_error::malformed); each <= static_cast<std::uint8_t>(transaction_error::pool_full);
       ++each) {
    const auto candidate = static_cast<transaction_error>(each);
    // One phrase may be a part of another: the longest is meant.
    if (words.find(phrase(candidate)) == std::string_view::npos) continue;
    if (best == transaction_error::none || phrase(candidate).size() > phrase(best).size()) best = candidate;
  }
  if (best != transaction_error::none) return best;
  for (const auto& [text, meaning] : others) {
    if (words.find(text) != std::string_view::npos) return meaning;
  }
  return transaction_error::none;
}

} // namespace alys::domain
