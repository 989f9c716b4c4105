// SPDX-License-Identifier: Apache-2.0
//
// Sender recovery and signing, with libsecp256k1.
#include <alys/domain/engine/transaction_signing.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include <array>
#include <utility>

namespace alys::domain {

namespace {

constexpr std::size_t word_size = hash256::size();
using compact_signature = std::array<std::uint8_t, 2 * word_size>;

struct context_deleter {
  void operator()(secp256k1_context* context) const noexcept { secp256k1_context_destroy(context); }
};

// An account's address is the end of the hash of its public key.
[[nodiscard]] address to_address(const secp256k1_pubkey& key) {
  std::array<std::uint8_t, 65> uncompressed{};
  std::size_t size = uncompressed.size();
  (void)secp256k1_ec_pubkey_serialize(secp256k1_context_static, uncompressed.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED); // cannot fail
  const hash256 hash = keccak256(bytes_view{uncompressed}.subspan(1)); // without the format byte
  address account;
  std::copy(hash.end() - address::size(), hash.end(), account.data());
  return account;
}

[[nodiscard]] std::optional<address> recover(const hash256& message, const transaction_signature& signature) {
  compact_signature compact{};
  std::ranges::copy(to_word(signature.r), compact.begin());
  std::ranges::copy(to_word(signature.s), compact.begin() + word_size);
  secp256k1_ecdsa_recoverable_signature parsed;
  const int recovery_id = signature.y_is_odd ? 1 : 0;
  if (secp256k1_ecdsa_recoverable_signature_parse_compact(secp256k1_context_static, &parsed, compact.data(), recovery_id) == 0)
    return std::nullopt;
  secp256k1_pubkey key;
  if (secp256k1_ecdsa_recover(secp256k1_context_static, &key, &parsed, message.data()) == 0) return std::nullopt;
  return to_address(key);
}

// A context that may sign.
[[nodiscard]] std::unique_ptr<secp256k1_context, context_deleter> signing_context() {
  return std::unique_ptr<secp256k1_context, context_deleter>{secp256k1_context_create(SECP256K1_CONTEXT_NONE)};
}

} // namespace

hash256 signing_hash(const transaction& tx) { return keccak256(encode_for_signing(tx)); }

alys::result<transaction_ptr> recover_transaction(bytes raw) {
  auto decoded = decode_transaction(raw);
  if (!decoded) return decoded.error();
  const auto sender = recover(signing_hash(*decoded), decoded->signature);
  if (!sender) return refuse_transaction(transaction_error::invalid_signature);
  const hash256 hash = keccak256(raw);
  return std::make_shared<const recovered_transaction>(
      recovered_transaction{.transaction = *std::move(decoded), .sender = *sender, .hash = hash, .raw = std::move(raw)});
}

alys::result<address> address_of(const hash256& secret_key) {
  secp256k1_pubkey key;
  if (secp256k1_ec_pubkey_create(signing_context().get(), &key, secret_key.data()) == 0) {
    return refuse_transaction(transaction_error::invalid_signature, "secret key out of range");
  }
  return to_address(key);
}

alys::result<transaction_ptr> sign_transaction(transaction tx, const hash256& secret_key) {
  const hash256 message = signing_hash(tx);
  secp256k1_ecdsa_recoverable_signature signature;
  if (secp256k1_ecdsa_sign_recoverable(signing_context().get(), &signature, message.data(), secret_key.data(), nullptr, nullptr) == 0) {
    return refuse_transaction(transaction_error::invalid_signature, "secret key out of range");
  }
  compact_signature compact{};
  int recovery_id = 0;
  (void)secp256k1_ecdsa_recoverable_signature_serialize_compact(secp256k1_context_static, compact.data(), &recovery_id,
                                                                &signature); // cannot fail
  tx.signature.y_is_odd = recovery_id % 2 == 1;
  tx.signature.r = from_big_endian(bytes_view{compact}.first(word_size)).value();
  tx.signature.s = from_big_endian(bytes_view{compact}.subspan(word_size)).value();
  return recover_transaction(encode_transaction(tx));
}

} // namespace alys::domain
