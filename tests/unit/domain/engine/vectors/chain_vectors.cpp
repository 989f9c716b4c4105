// SPDX-License-Identifier: Apache-2.0
//
// Reader of the recorded chain.
#include "chain_vectors.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace alys::domain::test {

namespace {

// The fields of one line, one after the other.
class fields {
public:
  explicit fields(const std::string& line) : line_(line) {}

  [[nodiscard]] std::string word() {
    std::string text;
    if (!(line_ >> text)) throw std::runtime_error("a line ends early: " + line_.str());
    return text;
  }
  [[nodiscard]] bytes data() {
    const auto text = word();
    return text == "-" ? bytes{} : from_hex_digits(text).value();
  }
  template <class T>
  [[nodiscard]] T fixed() {
    return T::from(data()).value();
  }
  [[nodiscard]] std::uint64_t number() { return std::stoull(word()); }
  [[nodiscard]] wei amount() { return wei{word()}; }

private:
  std::istringstream line_;
};

[[nodiscard]] recorded_account read_account(fields& in) {
  recorded_account out;
  out.who = in.fixed<address>();
  out.state.nonce = in.number();
  out.state.balance = in.amount();
  return out;
}

[[nodiscard]] execution_payload read_payload(fields& in) {
  execution_payload p;
  p.block_hash = in.fixed<hash256>();
  p.fee_recipient = in.fixed<address>();
  p.state_root = in.fixed<hash256>();
  p.receipts_root = in.fixed<hash256>();
  p.prev_randao = in.fixed<hash256>();
  p.block_number = block_height{in.number()};
  p.gas_limit = gas{in.number()};
  p.gas_used = gas{in.number()};
  p.timestamp = unix_seconds{in.number()};
  p.extra_data = in.data();
  p.base_fee_per_gas = in.amount();
  return p;
}

void read_genesis(fields& in, recorded_chain& chain) {
  chain.genesis_hash = in.fixed<hash256>();
  chain.genesis_state_root = in.fixed<hash256>();
  chain.genesis_header = in.data();
  const auto header = decode_header(chain.genesis_header).value();
  chain.genesis = {.gas_limit = header.gas_limit,
                   .base_fee = header.base_fee_per_gas,
                   .timestamp = header.timestamp,
                   .extra_data = header.extra_data,
                   .accounts = {}};
}

void read_transaction(fields& in, recorded_block& block) {
  block.payload.transactions.push_back(in.data());
  recorded_transaction tx;
  tx.hash = in.fixed<hash256>();
  tx.sender = in.fixed<address>();
  tx.gas_used = gas{in.number()};
  tx.effective_gas_price = in.amount();
  block.transactions.push_back(tx);
}

void read_withdrawal(fields& in, recorded_block& block) {
  withdrawal w;
  w.index = in.number();
  w.validator_index = in.number();
  w.recipient = in.fixed<address>();
  w.amount = gwei{in.number()};
  block.payload.withdrawals.push_back(w);
}

void read_line(const std::string& line, recorded_chain& chain) {
  fields in{line};
  const auto kind = in.word();
  if (kind == "genesis") return read_genesis(in, chain);
  if (kind == "account") return chain.accounts.push_back(read_account(in));
  if (kind == "transaction") return read_transaction(in, chain.blocks.back());
  if (kind == "withdrawal") return read_withdrawal(in, chain.blocks.back());
  if (kind == "alloc") {
    const auto allocated = read_account(in);
    chain.genesis.accounts.emplace(allocated.who, allocated.state);
  } else if (kind == "block") {
    recorded_block block{.payload = read_payload(in), .transactions = {}};
    block.payload.parent_hash = chain.blocks.empty() ? chain.genesis_hash : chain.blocks.back().payload.block_hash;
    chain.blocks.push_back(std::move(block));
  } else {
    throw std::runtime_error("no such record: " + kind);
  }
}

} // namespace

recorded_chain read_recorded_chain(const std::string& path) {
  std::ifstream file{path};
  if (!file) throw std::runtime_error("cannot read " + path);
  recorded_chain chain;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) read_line(line, chain);
  }
  return chain;
}

} // namespace alys::domain::test
