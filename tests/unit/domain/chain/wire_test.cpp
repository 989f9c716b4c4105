// SPDX-License-Identifier: Apache-2.0
//
// The vectors of docs/reference/wire.md: inputs are read from the page, everything derived from them is computed and compared.
#include <alys/domain/chain/encoding.hpp>

#include "support/domain/test_chain.hpp"
#include "support/vectors.hpp"

#include <catch2/catch.hpp>

using namespace alys::domain;

namespace {

class page {
public:
  [[nodiscard]] const std::string& text(const std::string& name) const { return vectors_.at(name); }
  [[nodiscard]] bytes data(const std::string& name) const { return from_hex(text(name)).value(); }
  [[nodiscard]] std::uint64_t number(const std::string& name) const { return std::stoull(text(name)); }
  template <class Fixed>
  [[nodiscard]] Fixed fixed(const std::string& name) const {
    return Fixed::from_hex(text(name)).value();
  }

  [[nodiscard]] execution_payload payload(const std::string& of) const {
    const std::string in = of + ".payload.";
    execution_payload p;
    p.parent_hash = fixed<hash256>(in + "parent_hash");
    p.fee_recipient = fixed<address>(in + "fee_recipient");
    p.state_root = fixed<hash256>(in + "state_root");
    p.receipts_root = fixed<hash256>(in + "receipts_root");
    p.logs_bloom = fixed<bloom>(in + "logs_bloom");
    p.prev_randao = fixed<hash256>(in + "prev_randao");
    p.block_number = block_height{number(in + "block_number")};
    p.gas_limit = gas{number(in + "gas_limit")};
    p.gas_used = gas{number(in + "gas_used")};
    p.timestamp = unix_seconds{number(in + "timestamp")};
    p.extra_data = data(in + "extra_data");
    p.base_fee_per_gas = wei{text(in + "base_fee_per_gas")};
    p.block_hash = fixed<hash256>(in + "block_hash");
    for (int i = 0; vectors_.has(in + "transactions." + std::to_string(i)); ++i)
      p.transactions.push_back(data(in + "transactions." + std::to_string(i)));
    for (int i = 0; vectors_.has(in + "withdrawals." + std::to_string(i) + ".index"); ++i) p.withdrawals.push_back(withdrawal_at(in, i));
    return p;
  }

  [[nodiscard]] block_header header() const {
    const std::string in = "block.header.";
    return {.chain_id = number(in + "chain_id"),
            .fork = static_cast<fork_id>(number(in + "fork")),
            .height = block_height{number(in + "height")},
            .slot = slot{number(in + "slot")},
            .time = unix_milliseconds{number(in + "time")},
            .parent = fixed<block_id>(in + "parent"),
            .author = authority_index{static_cast<std::uint16_t>(number(in + "author"))},
            .payload = fixed<hash256>(in + "payload")};
  }

private:
  [[nodiscard]] withdrawal withdrawal_at(const std::string& of, int i) const {
    const std::string in = of + "withdrawals." + std::to_string(i) + ".";
    return {number(in + "index"), number(in + "validator_index"), fixed<address>(in + "recipient"), gwei{number(in + "amount")}};
  }

  alys::test::vectors vectors_{ALYS_SOURCE_DIR "/docs/reference/wire.md"};
};

[[nodiscard]] secret_key key_of(const page& wire, int authority) {
  return secret_key::from(wire.data("authority." + std::to_string(authority) + ".secret")).value();
}

} // namespace

TEST_CASE("the development chain's spec is encoded as wire.md has it") {
  const page wire;
  const chain_spec spec = dev_spec(std::chrono::seconds{2}, 3);
  for (int i = 0; i < 3; ++i) {
    const auto index = authority_index{static_cast<std::uint16_t>(i)};
    CHECK(dev_authority_key(index).public_key() == key_of(wire, i).public_key());
    CHECK(key_of(wire, i).public_key() == wire.fixed<schnorr_public_key>("authority." + std::to_string(i) + ".key"));
  }
  CHECK(to_hex(encode_spec(spec)) == wire.text("spec.encoding"));
  CHECK(to_hex(commitment_of(spec)) == wire.text("spec.commitment"));
}

TEST_CASE("the genesis block is the one in wire.md") {
  const page wire;
  const auto genesis = make_genesis(dev_spec(std::chrono::seconds{2}, 3), wire.payload("genesis"));
  REQUIRE(genesis);
  CHECK(to_hex(encode_header(genesis->header)) == wire.text("genesis.header.encoding"));
  CHECK(to_hex(id_of(genesis->header)) == wire.text("genesis.id"));
}

TEST_CASE("payloads and headers are encoded and hashed as wire.md has it") {
  const page wire;
  const execution_payload payload = wire.payload("block");
  CHECK(payload.transactions.size() == 2);
  CHECK(payload.withdrawals.size() == 2);
  CHECK(to_hex(encode_payload(payload)) == wire.text("block.payload.encoding"));
  CHECK(to_hex(commitment_of(payload)) == wire.text("block.payload.commitment"));
  CHECK(to_hex(encode_header(wire.header())) == wire.text("block.header.encoding"));
  CHECK(to_hex(id_of(wire.header())) == wire.text("block.id"));
}

TEST_CASE("seals and approvals are those of wire.md") {
  const page wire;
  const block_header header = wire.header();
  CHECK(to_hex(seal_message(header)) == wire.text("block.seal.message"));
  CHECK(to_hex(approval_message(header)) == wire.text("block.approval.message"));
  CHECK(to_hex(seal_of(header, key_of(wire, 2))) == wire.text("block.seal"));
  CHECK(to_hex(approve(header, authority_index{1}, key_of(wire, 1)).signature) == wire.text("block.approvals.1"));
}

TEST_CASE("the block of wire.md meets every rule and decodes from its bytes") {
  const page wire;
  const alys::test::test_chain chain{3};
  block one{wire.header(), wire.payload("block"), wire.fixed<schnorr_signature>("block.seal"), {}};
  for (const int i : {1, 2}) {
    one.approvals.push_back(
        {authority_index{static_cast<std::uint16_t>(i)}, wire.fixed<schnorr_signature>("block.approvals." + std::to_string(i))});
  }
  const block genesis = make_genesis(chain.spec, wire.payload("genesis")).value();
  const parent_block parent = parent_of(genesis, true);
  CHECK(check_block(one, {chain.spec, &parent, one.payload.withdrawals, one.header.time}));
  const bytes encoded = encode_block(one);
  CHECK(encoded.size() == wire.number("block.encoding.length"));
  CHECK(to_hex(sha256(encoded)) == wire.text("block.encoding.sha256"));
  CHECK(decode_block(encoded) == one);
}
