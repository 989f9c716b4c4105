// SPDX-License-Identifier: Apache-2.0
//
// Transactions and their senders: the example of EIP-155, transactions signed by ethers 6.17.0 (npm), and everything that is no
// transaction.
#include <alys/domain/engine/rlp.hpp>
#include <alys/domain/engine/transaction.hpp>
#include <alys/domain/engine/transaction_signing.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <catch2/catch.hpp>

#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace alys::domain;

namespace {

constexpr auto eip155_key = hash256::literal("0x4646464646464646464646464646464646464646464646464646464646464646");
constexpr const char* eip155_signed =
    "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c"
    "7"
    "1ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";

constexpr auto ethers_key = hash256::literal("0x0123456789012345678901234567890123456789012345678901234567890123");
constexpr const char* ethers_sender = "0x14791697260e4c9a71f18484c9f997b308e59325";

[[nodiscard]] transaction eip155_example() {
  transaction tx;
  tx.chain_id = 1;
  tx.nonce = 9;
  tx.max_fee_per_gas = tx.max_priority_fee_per_gas = wei{20} * wei_per_gwei;
  tx.gas_limit = gas{21'000};
  tx.to = address::literal("0x3535353535353535353535353535353535353535");
  tx.value = wei{1'000'000'000} * wei_per_gwei;
  return tx;
}

[[nodiscard]] alys::result<transaction> decode(const char* hex) { return decode_transaction(from_hex(hex).value()); }

// A legacy transaction with this signature, encoded.
[[nodiscard]] bytes with_signature(const wei& v, const wei& r, const wei& s) {
  return rlp_list{}.integer(0).integer(1).integer(21'000).fixed(address{}).integer(0).string({}).amount(v).amount(r).amount(s).encode();
}

} // namespace

TEST_CASE("the example of EIP-155 is signed and recovered") {
  const auto tx = eip155_example();
  CHECK(to_hex(encode_for_signing(tx)) == "0xec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080");
  CHECK(to_hex(signing_hash(tx)) == "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
  const auto own = sign_transaction(tx, eip155_key).value();
  CHECK(to_hex(own->raw) == eip155_signed);
  CHECK(to_hex(own->sender) == "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
  CHECK(own->sender == address_of(eip155_key).value());
  CHECK(signature_v(own->transaction) == 37);

  const auto recovered = recover_transaction(from_hex(eip155_signed).value()).value();
  CHECK(recovered->sender == own->sender);
  CHECK(recovered->transaction == own->transaction);
  CHECK(recovered->hash == keccak256(recovered->raw));
}

TEST_CASE("an EIP-1559 transfer that ethers signed has its hash and its sender") {
  transaction tx;
  tx.type = transaction_type::fee_market;
  tx.chain_id = 1337;
  tx.max_priority_fee_per_gas = wei_per_gwei;
  tx.max_fee_per_gas = wei{3} * wei_per_gwei;
  tx.gas_limit = gas{21'000};
  tx.to = address::literal("0x000000000000000000000000000000000000dead");
  tx.value = wei{1'000'000'000} * wei_per_gwei;
  const auto raw = from_hex(
      "0x02f87482053980843b9aca0084b2d05e0082520894000000000000000000000000000000000000dead880de0b6b3a764000080c080a0"
      "4fcf37c76cc92eeaa2cc214c274d07b6b9b740e5248333ac60263bf6faf0f515a019c7ef4722526561e476292fb2824525fed46b820e0d"
      "afb1c142ca259beabd4f");
  const auto recovered = recover_transaction(raw.value()).value();
  CHECK(to_hex(recovered->hash) == "0xeee47b79e4a7daf1697210174d8ad08a96d94a7e0df41836d847c462cbde2563");
  CHECK(to_hex(signing_hash(recovered->transaction)) == "0x99aac87bb754d99f1350d309c49d9e8c2c5e17ce78218ca2c6365a0aadb27898");
  CHECK(to_hex(recovered->sender) == ethers_sender);
  tx.signature = recovered->transaction.signature;
  CHECK(recovered->transaction == tx);
  CHECK(sign_transaction(tx, ethers_key).value()->raw == raw.value());
}

TEST_CASE("an EIP-1559 transaction with data and an access list that ethers signed has its hash and its sender") {
  transaction tx;
  tx.type = transaction_type::fee_market;
  tx.chain_id = 212121;
  tx.nonce = 300;
  tx.max_fee_per_gas = wei{1} << 255U;
  tx.gas_limit = gas{100'000};
  tx.to = address::literal("0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
  tx.data = {0x00, 0xff, 0x00};
  tx.access_list = {{.account = address::literal("0x1111111111111111111111111111111111111111"),
                     .storage_keys = {hash256::literal("0x0000000000000000000000000000000000000000000000000000000000000001"),
                                      hash256::literal("0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")}},
                    {.account = address::literal("0x2222222222222222222222222222222222222222"), .storage_keys = {}}};
  const auto raw = from_hex(
      "0x02f8fe83033c9982012c80a08000000000000000000000000000000000000000000000000000000000000000830186a094bbbbbbbbbb"
      "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb808300ff00f872f859941111111111111111111111111111111111111111f842a000000000000000"
      "00000000000000000000000000000000000000000000000001a0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      "ffffffd6942222222222222222222222222222222222222222c001a056717954426f39c4189118fdb063db43fb38009a9f6e5977458bff"
      "343befa62fa0679b461098a8b00d1cc3152e8af2abad7566d1b75c1238cbc841e42bc48dd89a");
  const auto recovered = recover_transaction(raw.value()).value();
  CHECK(to_hex(recovered->hash) == "0xd8cbfd41a2a18c1b6e7105c5813378e46db0d58881a64724389213bad5943353");
  CHECK(to_hex(signing_hash(recovered->transaction)) == "0x707800cea9017742045971551d19ac437457dbda5253ed909258d9a81bb89cfe");
  CHECK(to_hex(recovered->sender) == ethers_sender);
  tx.signature = recovered->transaction.signature;
  CHECK(recovered->transaction == tx);
  CHECK(sign_transaction(tx, ethers_key).value()->raw == raw.value());
}

TEST_CASE("a contract creation that ethers signed has its hash and its sender") {
  transaction tx;
  tx.type = transaction_type::fee_market;
  tx.chain_id = 1337;
  tx.nonce = 1;
  tx.max_priority_fee_per_gas = wei_per_gwei;
  tx.max_fee_per_gas = wei{3} * wei_per_gwei;
  tx.gas_limit = gas{100'000};
  tx.data = {0x60, 0x00, 0x60, 0x00};
  const auto raw = from_hex(
      "0x02f85d82053901843b9aca0084b2d05e00830186a080808460006000c080a0beed004719f6f43539f1dd8fcb2411019d803942769ef8"
      "d304affb426b9b69bca015aa9f78653675c3796d930bdb9cb47b1dea52a2664955f36dee376a85848884");
  const auto recovered = recover_transaction(raw.value()).value();
  CHECK(to_hex(recovered->hash) == "0xdf2e11fa81167adf64da0fc361f8437e4d96f1f3aa0647a28a7c6fa744040b94");
  CHECK(to_hex(signing_hash(recovered->transaction)) == "0xfc27c65526c4d0ea52abdbae71bc67cfd7faf7bcdb5ca5acfb8bf6f63806a631");
  CHECK(to_hex(recovered->sender) == ethers_sender);
  tx.signature = recovered->transaction.signature;
  CHECK(recovered->transaction == tx);
  CHECK(sign_transaction(tx, ethers_key).value()->raw == raw.value());
}

TEST_CASE("a legacy transfer that ethers signed has its hash and its sender") {
  transaction tx;
  tx.chain_id = 1337;
  tx.nonce = 2;
  tx.max_fee_per_gas = tx.max_priority_fee_per_gas = wei{5} * wei_per_gwei;
  tx.gas_limit = gas{21'000};
  tx.to = address::literal("0x000000000000000000000000000000000000dead");
  tx.value = 1;
  const auto raw = from_hex(
      "0xf8660285012a05f20082520894000000000000000000000000000000000000dead0180820a95a08a2ac3883c59e66dbe4d039df14a52"
      "782582c1f217530eca461629b4d7eeb8aca018e024dc771102f2bd8af2c571e216acc2032b7b905cf82380f28200bac5e81d");
  const auto recovered = recover_transaction(raw.value()).value();
  CHECK(to_hex(recovered->hash) == "0xe3267a4d4ba58ef2623ed4cfc51f1a636f38d9f2e2acd53cd6b2c38874bbc783");
  CHECK(to_hex(signing_hash(recovered->transaction)) == "0xd48770d11c7d9a35d83a667476113750225a5f5d265cf7be55c4bcee98756ffe");
  CHECK(to_hex(recovered->sender) == ethers_sender);
  tx.signature = recovered->transaction.signature;
  CHECK(recovered->transaction == tx);
  CHECK(sign_transaction(tx, ethers_key).value()->raw == raw.value());
}

TEST_CASE("a transaction of every chain has no chain id") {
  auto tx = eip155_example();
  tx.chain_id.reset();
  const auto own = sign_transaction(tx, eip155_key).value();
  CHECK((signature_v(own->transaction) == 27 || signature_v(own->transaction) == 28));
  CHECK(own->sender == address_of(eip155_key).value());
  CHECK_FALSE(own->transaction.chain_id);
}

TEST_CASE("encoding a decoded transaction gives the same bytes") {
  const auto raw = from_hex(eip155_signed).value();
  CHECK(encode_transaction(decode_transaction(raw).value()) == raw);
}

TEST_CASE("large chain ids fit into v") {
  auto tx = eip155_example();
  tx.chain_id = std::numeric_limits<std::uint64_t>::max();
  const auto own = sign_transaction(tx, eip155_key).value();
  CHECK(own->transaction.chain_id == tx.chain_id);
  CHECK(own->sender == address_of(eip155_key).value());
}

TEST_CASE("signatures out of range are refused") {
  const wei order{"0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"};
  const wei half{"0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0"};
  CHECK(decode_transaction(with_signature(27, 1, half)));
  CHECK(decode_transaction(with_signature(27, order - 1, 1)));
  const auto refused = transaction_error::invalid_signature;
  CHECK(decode_transaction(with_signature(27, 0, 1)) == refused);
  CHECK(decode_transaction(with_signature(27, 1, 0)) == refused);
  CHECK(decode_transaction(with_signature(27, order, 1)) == refused);
  CHECK(decode_transaction(with_signature(27, 1, half + 1)) == refused); // EIP-2
  for (const auto v : {0, 1, 26, 29, 34}) CHECK(decode_transaction(with_signature(v, 1, 1)) == refused);
  const wei above_64_bits = (wei{1} << 65U) + 35;
  CHECK(decode_transaction(with_signature(above_64_bits, 1, 1)) == refused);
  CHECK(decode_transaction(with_signature(27, 0, 1)).error().text() == "invalid sender: invalid transaction v, r, s values");
}

TEST_CASE("the parity of an EIP-1559 signature is 0 or 1") {
  const auto with_parity = [](std::uint64_t parity) {
    rlp_list fields;
    fields.integer(1337).integer(0).integer(1).integer(1).integer(21'000).fixed(address{}).integer(0).string({}).encoded(
        rlp_list{}.encode());
    bytes raw{0x02};
    append(raw, fields.integer(parity).integer(1).integer(1).encode());
    return decode_transaction(raw);
  };
  CHECK_FALSE(with_parity(0)->signature.y_is_odd);
  CHECK(with_parity(1)->signature.y_is_odd);
  CHECK(with_parity(2) == transaction_error::invalid_signature);
  CHECK(with_parity(27) == transaction_error::invalid_signature);
}

TEST_CASE("a signature that no key can have made is refused") {
  // 5 is no x coordinate on the curve.
  CHECK(recover_transaction(with_signature(27, 5, 1)) == transaction_error::invalid_signature);
}

TEST_CASE("the other half of a signature is refused") {
  // A signature with n - s recovers the same key with the other parity, and would give the transaction a second hash.
  const wei order{"0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"};
  auto tx = sign_transaction(eip155_example(), eip155_key).value()->transaction;
  tx.signature.s = order - tx.signature.s;
  tx.signature.y_is_odd = !tx.signature.y_is_odd;
  CHECK(recover_transaction(encode_transaction(tx)) == transaction_error::invalid_signature);
}

TEST_CASE("what is no transaction is refused") {
  CHECK(decode("0x") == transaction_error::too_short);
  CHECK(decode("0x02") == transaction_error::too_short);
  CHECK(decode("0x01c0") == transaction_error::type_not_supported); // EIP-2930
  CHECK(decode("0x03c0") == transaction_error::type_not_supported); // EIP-4844
  CHECK(decode("0x7fc0") == transaction_error::type_not_supported);
  CHECK(decode("0xc0") == transaction_error::malformed);
  CHECK(decode("0x80") == transaction_error::malformed);
  CHECK(decode("0x02c0") == transaction_error::malformed);
  CHECK(decode("0x02c0").error().text() == "malformed transaction: rlp: too few elements");
  CHECK(decode_transaction(bytes(largest_transaction + 1, 0)) == transaction_error::oversized);
  CHECK(decode_transaction(bytes(largest_transaction + 1, 0)).error().text() == "oversized data: transaction size 131073, limit 131072");
}

TEST_CASE("every truncation and every byte behind a transaction is refused") {
  const auto raw = from_hex(eip155_signed).value();
  for (std::size_t size = 0; size < raw.size(); ++size) CHECK_FALSE(decode_transaction(bytes_view{raw}.first(size)));
  bytes longer = raw;
  longer.push_back(0);
  CHECK(decode_transaction(longer) == transaction_error::malformed);
}

TEST_CASE("a recipient is an address or nothing") {
  const auto to = [](bytes_view recipient) {
    return decode_transaction(rlp_list{}
                                  .integer(0)
                                  .integer(1)
                                  .integer(21'000)
                                  .string(recipient)
                                  .integer(0)
                                  .string({})
                                  .integer(27)
                                  .integer(1)
                                  .integer(1)
                                  .encode());
  };
  CHECK(to(bytes(20, 1))->to == address::literal("0x0101010101010101010101010101010101010101"));
  CHECK_FALSE(to({})->to);
  CHECK(to(bytes(19, 1)) == transaction_error::malformed);
  CHECK(to(bytes(21, 1)) == transaction_error::malformed);
}

TEST_CASE("secret keys out of range sign nothing") {
  CHECK(sign_transaction(eip155_example(), hash256{}) == transaction_error::invalid_signature);
  CHECK(address_of(hash256::literal("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")) ==
        transaction_error::invalid_signature);
}

TEST_CASE("every refusal begins with the words that wallets look for") {
  const std::vector<std::pair<transaction_error, std::string>> phrases{
      {transaction_error::nonce_too_low, "nonce too low"},
      {transaction_error::nonce_too_high, "nonce too high"},
      {transaction_error::insufficient_funds, "insufficient funds for gas * price + value"},
      {transaction_error::invalid_sender, "invalid sender"},
      {transaction_error::already_known, "already known"},
      {transaction_error::underpriced, "transaction underpriced"},
      {transaction_error::replacement_underpriced, "replacement transaction underpriced"},
      {transaction_error::intrinsic_gas_too_low, "intrinsic gas too low"},
      {transaction_error::exceeds_block_gas_limit, "exceeds block gas limit"},
      {transaction_error::fee_cap_too_low, "max fee per gas less than block base fee"},
      {transaction_error::tip_above_fee_cap, "max priority fee per gas higher than max fee per gas"},
      {transaction_error::pool_full, "txpool is full"},
      {transaction_error::oversized, "oversized data"},
      {transaction_error::type_not_supported, "transaction type not supported"},
  };
  for (const auto& [code, words] : phrases) {
    CHECK(refuse_transaction(code).text() == words);
    CHECK(refuse_transaction(code, "details").text() == words + ": details");
    CHECK(refuse_transaction(code) == code);
    CHECK(refuse_transaction(code).refused());
  }
}

TEST_CASE("the address of a contract follows from who makes it and when") {
  const auto maker = address::literal("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0");
  CHECK(contract_address(maker, 0) == address::literal("0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"));
  CHECK(contract_address(maker, 1) == address::literal("0x343c43a37d37dff08ae8c4a11544c718abb4fcf8"));
}
