// SPDX-License-Identifier: Apache-2.0
//
// The encodings of a signed transaction.
#include <alys/domain/engine/rlp.hpp>
#include <alys/domain/engine/transaction.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <limits>
#include <string>

namespace alys::domain {

namespace {

constexpr std::uint64_t unprotected_v = 27;   // v of a legacy transaction without a chain id, and 28
constexpr std::uint64_t protected_v = 35;     // EIP-155: v = 35 + 2 * chain id + parity
constexpr std::uint8_t last_type_byte = 0x7f; // EIP-2718: above it begins a legacy transaction

// The order of secp256k1, and its half rounded down: EIP-2 lets no s above the half pass.
constexpr auto curve_order = hash256::literal("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
constexpr auto half_order = hash256::literal("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

[[nodiscard]] bool in_range(const transaction_signature& signature) {
  return signature.r != 0 && to_word(signature.r) < curve_order && signature.s != 0 && to_word(signature.s) <= half_order;
}

[[nodiscard]] alys::error malformed(const alys::error& cause) { return refuse_transaction(transaction_error::malformed, cause.text()); }

// Splits v into parity and chain id. False for a v that no signature has.
[[nodiscard]] bool apply_legacy_v(const wei& v, transaction& tx) {
  if (v == unprotected_v || v == unprotected_v + 1) {
    tx.signature.y_is_odd = v == unprotected_v + 1;
    return true;
  }
  if (v < protected_v) return false;
  const wei chain_id = (v - protected_v) / 2;
  if (chain_id > std::numeric_limits<std::uint64_t>::max()) return false;
  tx.chain_id = static_cast<std::uint64_t>(chain_id);
  tx.signature.y_is_odd = (v - protected_v) % 2 == 1;
  return true;
}

[[nodiscard]] alys::result<transaction> decode_legacy(bytes_view raw) {
  auto fields = rlp_reader::whole_list(raw);
  transaction tx;
  tx.type = transaction_type::legacy;
  tx.nonce = fields.integer();
  tx.max_fee_per_gas = fields.amount();
  tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
  tx.gas_limit = domain::gas{fields.integer()};
  tx.to = fields.fixed_or_empty<address>();
  tx.value = fields.amount();
  tx.data = to_bytes(fields.string());
  const wei v = fields.amount();
  tx.signature.r = fields.amount();
  tx.signature.s = fields.amount();
  if (auto done = fields.finish(); !done) return malformed(done.error());
  if (!apply_legacy_v(v, tx) || !in_range(tx.signature)) return refuse_transaction(transaction_error::invalid_signature);
  return tx;
}

[[nodiscard]] alys::result<std::vector<access_list_entry>> read_access_list(rlp_reader list) {
  std::vector<access_list_entry> entries;
  while (!list.at_end()) {
    auto fields = list.list();
    access_list_entry entry;
    entry.account = fields.fixed<address>();
    auto keys = fields.list();
    while (!keys.at_end()) entry.storage_keys.push_back(keys.fixed<hash256>());
    if (auto done = keys.finish(); !done) return done.error();
    if (auto done = fields.finish(); !done) return done.error();
    entries.push_back(std::move(entry));
  }
  if (auto done = list.finish(); !done) return done.error();
  return entries;
}

[[nodiscard]] alys::result<transaction> decode_fee_market(bytes_view body) {
  auto fields = rlp_reader::whole_list(body);
  transaction tx;
  tx.type = transaction_type::fee_market;
  tx.chain_id = fields.integer();
  tx.nonce = fields.integer();
  tx.max_priority_fee_per_gas = fields.amount();
  tx.max_fee_per_gas = fields.amount();
  tx.gas_limit = domain::gas{fields.integer()};
  tx.to = fields.fixed_or_empty<address>();
  tx.value = fields.amount();
  tx.data = to_bytes(fields.string());
  auto access_list = read_access_list(fields.list());
  const auto parity = fields.integer();
  tx.signature.r = fields.amount();
  tx.signature.s = fields.amount();
  if (auto done = fields.finish(); !done) return malformed(done.error());
  if (!access_list) return malformed(access_list.error());
  if (parity > 1 || !in_range(tx.signature)) return refuse_transaction(transaction_error::invalid_signature);
  tx.access_list = *std::move(access_list);
  tx.signature.y_is_odd = parity == 1;
  return tx;
}

void write_recipient(rlp_list& fields, const std::optional<address>& to) {
  if (to) fields.fixed(*to);
  else fields.string({});
}

void write_access_list(rlp_list& fields, const std::vector<access_list_entry>& entries) {
  rlp_list list;
  for (const auto& entry : entries) {
    rlp_list keys;
    for (const auto& key : entry.storage_keys) keys.fixed(key);
    list.encoded(rlp_list{}.fixed(entry.account).encoded(keys.encode()).encode());
  }
  fields.encoded(list.encode());
}

// The fields that come before the signature.
[[nodiscard]] rlp_list content(const transaction& tx) {
  rlp_list fields;
  if (tx.type == transaction_type::fee_market) {
    fields.integer(tx.chain_id.value_or(0)).integer(tx.nonce).amount(tx.max_priority_fee_per_gas).amount(tx.max_fee_per_gas);
  } else {
    fields.integer(tx.nonce).amount(tx.max_fee_per_gas);
  }
  fields.integer(tx.gas_limit.value());
  write_recipient(fields, tx.to);
  fields.amount(tx.value).string(tx.data);
  if (tx.type == transaction_type::fee_market) write_access_list(fields, tx.access_list);
  return fields;
}

[[nodiscard]] bytes envelope(const transaction& tx, const rlp_list& fields) {
  bytes out;
  if (tx.type != transaction_type::legacy) out.push_back(static_cast<std::uint8_t>(tx.type));
  append(out, fields.encode());
  return out;
}

} // namespace

alys::result<transaction> decode_transaction(bytes_view raw) {
  if (raw.size() > largest_transaction) {
    return refuse_transaction(transaction_error::oversized,
                              "transaction size " + std::to_string(raw.size()) + ", limit " + std::to_string(largest_transaction));
  }
  if (raw.empty()) return refuse_transaction(transaction_error::too_short);
  if (raw[0] > last_type_byte) return decode_legacy(raw);
  if (raw.size() == 1) return refuse_transaction(transaction_error::too_short);
  if (raw[0] == static_cast<std::uint8_t>(transaction_type::fee_market)) return decode_fee_market(raw.subspan(1));
  return refuse_transaction(transaction_error::type_not_supported);
}

bytes encode_transaction(const transaction& tx) {
  rlp_list fields = content(tx);
  fields.amount(signature_v(tx)).amount(tx.signature.r).amount(tx.signature.s);
  return envelope(tx, fields);
}

bytes encode_for_signing(const transaction& tx) {
  rlp_list fields = content(tx);
  if (tx.type == transaction_type::legacy && tx.chain_id) fields.integer(*tx.chain_id).integer(0).integer(0);
  return envelope(tx, fields);
}

wei signature_v(const transaction& tx) {
  const wei parity = tx.signature.y_is_odd ? 1 : 0;
  if (tx.type != transaction_type::legacy) return parity;
  return tx.chain_id ? wei{*tx.chain_id} * 2 + protected_v + parity : unprotected_v + parity;
}

address contract_address(const address& sender, std::uint64_t nonce) {
  const hash256 hash = keccak256(rlp_list{}.fixed(sender).integer(nonce).encode());
  return address::from(hash.view().last(address::size())).value();
}

} // namespace alys::domain
