// SPDX-License-Identifier: Apache-2.0
//
// Hash functions, from Crypto++.
#include <alys/domain/primitives/digest.hpp>

#include <cryptopp/hmac.h>
#include <cryptopp/keccak.h>
#include <cryptopp/sha.h>

namespace alys::domain {

hash256 keccak256(bytes_view data) {
  hash256 out;
  CryptoPP::Keccak_256 keccak;
  keccak.Update(data.data(), data.size());
  keccak.Final(out.data());
  return out;
}

hash256 sha256(bytes_view data) {
  hash256 out;
  CryptoPP::SHA256 sha;
  sha.Update(data.data(), data.size());
  sha.Final(out.data());
  return out;
}

hash256 sha256d(bytes_view data) { return sha256(sha256(data).view()); }

hash256 tagged_hash(std::string_view tag, bytes_view message) {
  const hash256 prefix = sha256(bytes_of(tag));
  hash256 out;
  CryptoPP::SHA256 sha;
  sha.Update(prefix.data(), hash256::size());
  sha.Update(prefix.data(), hash256::size());
  sha.Update(message.data(), message.size());
  sha.Final(out.data());
  return out;
}

hash256 hmac_sha256(bytes_view key, bytes_view message) {
  hash256 out;
  CryptoPP::HMAC<CryptoPP::SHA256> hmac{key.data(), key.size()};
  hmac.Update(message.data(), message.size());
  hmac.Final(out.data());
  return out;
}

} // namespace alys::domain
