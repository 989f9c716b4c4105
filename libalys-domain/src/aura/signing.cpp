// SPDX-License-Identifier: Apache-2.0
//
// BIP-340 by libsecp256k1.
#include <alys/domain/aura/signing.hpp>

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>

#include <string.h> // explicit_bzero
#include <sys/random.h>

#include <array>
#include <stdexcept>

namespace alys::domain {
namespace {

struct context_deleter {
  void operator()(secp256k1_context* context) const noexcept { secp256k1_context_destroy(context); }
};

using context_ptr = std::unique_ptr<secp256k1_context, context_deleter>;

// Blinded by random numbers, as the library recommends against side channels; no result depends on them.
[[nodiscard]] context_ptr make_context() {
  context_ptr made{secp256k1_context_create(SECP256K1_CONTEXT_NONE)};
  std::array<std::uint8_t, 32> seed{};
  if (::getentropy(seed.data(), seed.size()) == 0) (void)!secp256k1_context_randomize(made.get(), seed.data());
  explicit_bzero(seed.data(), seed.size());
  return made;
}

// Never written after it is made, so any number of threads may use it.
[[nodiscard]] const secp256k1_context* context() {
  static const context_ptr made = make_context();
  return made.get();
}

} // namespace

struct secret_key::content {
  content() = default;
  content(const content&) = delete;
  content& operator=(const content&) = delete;
  ~content() { explicit_bzero(&pair, sizeof pair); }

  secp256k1_keypair pair{};
};

secret_key::secret_key(std::unique_ptr<content> c) noexcept : content_(std::move(c)) {}
secret_key::secret_key(secret_key&&) noexcept = default;
secret_key& secret_key::operator=(secret_key&&) noexcept = default;
secret_key::~secret_key() = default;

alys::result<secret_key> secret_key::from(bytes_view data) {
  if (data.size() != 32) return alys::refuse(key_error::wrong_length);
  auto made = std::make_unique<content>();
  if (secp256k1_keypair_create(context(), &made->pair, data.data()) != 1) return alys::refuse(key_error::out_of_range);
  return secret_key{std::move(made)};
}

schnorr_public_key secret_key::public_key() const {
  secp256k1_xonly_pubkey point;
  schnorr_public_key key;
  if (secp256k1_keypair_xonly_pub(context(), &point, nullptr, &content_->pair) != 1)
    throw std::logic_error("a key pair without a public key");
  (void)secp256k1_xonly_pubkey_serialize(context(), key.data(), &point);
  return key;
}

schnorr_signature secret_key::sign(const hash256& message, const hash256& auxiliary) const {
  schnorr_signature signature;
  if (secp256k1_schnorrsig_sign32(context(), signature.data(), message.data(), &content_->pair, auxiliary.data()) != 1) {
    throw std::logic_error("a key pair that cannot sign");
  }
  return signature;
}

bool verify(const schnorr_public_key& key, const hash256& message, const schnorr_signature& signature) {
  secp256k1_xonly_pubkey point;
  if (secp256k1_xonly_pubkey_parse(context(), &point, key.data()) != 1) return false;
  return secp256k1_schnorrsig_verify(context(), signature.data(), message.data(), hash256::size(), &point) == 1;
}

bool is_point(const schnorr_public_key& key) {
  secp256k1_xonly_pubkey point;
  return secp256k1_xonly_pubkey_parse(context(), &point, key.data()) == 1;
}

} // namespace alys::domain
