// SPDX-License-Identifier: Apache-2.0
//
// Signatures of authorities: Schnorr over secp256k1 as BIP-340 has it, from libsecp256k1. What is signed is always a hash that names its
// purpose (see chain/seal.hpp), so that a signature made for one thing never counts for another.
//
// ```cpp
// inline bool example() {
//   const auto key = alys::domain::secret_key::from(alys::domain::bytes(32, 0x01)).value();
//   const auto message = alys::domain::tagged_hash("alys/example/v1", alys::domain::bytes_of("text"));
//   return alys::domain::verify(key.public_key(), message, key.sign(message));
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/digest.hpp>
#include <alys/domain/primitives/hash.hpp>

#include <cstdint>
#include <memory>

namespace alys::domain {

using schnorr_public_key = fixed_bytes<struct schnorr_public_key_tag, 32>; // the x coordinate of a point (BIP-340)
using schnorr_signature = fixed_bytes<struct schnorr_signature_tag, 64>;   // R's x coordinate and s

// Why bytes are no key.
enum class key_error : std::uint8_t {
  none,
  wrong_length, // a secret key has 32 bytes
  out_of_range, // zero, or not below the order of the curve's group
};
ALYS_ERRORS(key_error, wrong_length, out_of_range)

// A secret key. Cannot be copied, printed or read back; its memory is wiped when it dies. A moved-from key may only be destroyed or assigned.
// Thread-safe to use.
class secret_key {
public:
  // The key with these 32 bytes. Refuses with a key_error. About 30 us. The caller wipes its own copy.
  [[nodiscard]] static alys::result<secret_key> from(bytes_view);

  secret_key(secret_key&&) noexcept;
  secret_key& operator=(secret_key&&) noexcept;
  ~secret_key();

  [[nodiscard]] schnorr_public_key public_key() const;

  // Signs a 32-byte message. `auxiliary`: 32 bytes that BIP-340 mixes into the nonce; fresh random ones protect against fault injection and
  // power analysis, none (zero) makes the signature a pure function of key and message. About 35 us.
  [[nodiscard]] schnorr_signature sign(const hash256& message, const hash256& auxiliary = {}) const;

private:
  struct content;
  explicit secret_key(std::unique_ptr<content>) noexcept;

  std::unique_ptr<content> content_;
};

// True if `signature` was made over `message` with the secret key of `key`. False for everything else, keys that are no point included.
// About 50 us; thread-safe.
[[nodiscard]] bool verify(const schnorr_public_key& key, const hash256& message, const schnorr_signature& signature);

// True if these bytes are the x coordinate of a point, so that a secret key for them can exist.
[[nodiscard]] bool is_point(const schnorr_public_key&);

} // namespace alys::domain
