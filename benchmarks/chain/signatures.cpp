// SPDX-License-Identifier: Apache-2.0
#include "signatures.hpp"

#include "measure.hpp"
#include "wallets.hpp"

#include <alys/domain/engine/transaction_signing.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <vector>

namespace bench {

using namespace alys::domain;

namespace {

constexpr std::size_t transfer_count = 2'000;

// What libsecp256k1 is given: everything that decodes and hashes was done before.
struct prepared {
  secp256k1_ecdsa_recoverable_signature signature;
  std::array<unsigned char, 32> hash;
};

struct destroy {
  void operator()(secp256k1_context* c) const noexcept { secp256k1_context_destroy(c); }
};
using context = std::unique_ptr<secp256k1_context, destroy>;

[[nodiscard]] std::vector<prepared> prepare(const secp256k1_context& with, const wallet& from) {
  std::vector<prepared> all;
  for (const signed_transfer& each : from.transfers) {
    const transaction tx = decode_transaction(each.raw).value();
    std::array<unsigned char, 64> both{};
    const auto r = to_big_endian(tx.signature.r);
    const auto s = to_big_endian(tx.signature.s);
    std::copy_backward(r.begin(), r.end(), both.begin() + 32); // without the zeros in front
    std::copy_backward(s.begin(), s.end(), both.end());
    prepared one{};
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(&with, &one.signature, both.data(), tx.signature.y_is_odd ? 1 : 0) != 1)
      throw std::runtime_error("a signature of ours is none");
    const hash256 hash = signing_hash(tx);
    std::copy(hash.view().begin(), hash.view().end(), one.hash.begin());
    all.push_back(one);
  }
  return all;
}

[[nodiscard]] nanoseconds recover_raw(const secp256k1_context& with, const std::vector<prepared>& all) {
  const nanoseconds begun = clock_now();
  for (const prepared& each : all) {
    secp256k1_pubkey key;
    if (secp256k1_ecdsa_recover(&with, &key, &each.signature, each.hash.data()) != 1) throw std::runtime_error("nobody signed this");
  }
  return clock_now() - begun;
}

[[nodiscard]] nanoseconds recover(const wallet& from) {
  const nanoseconds begun = clock_now();
  for (const signed_transfer& each : from.transfers) {
    if (recover_transaction(each.raw).value()->sender != from.address) throw std::runtime_error("somebody else signed this");
  }
  return clock_now() - begun;
}

} // namespace

void measure_signatures(figures& into, bool raw_first) {
  static const wallet from = make_wallets("signer", 1, transfer_count).front();
  static const context with{secp256k1_context_create(SECP256K1_CONTEXT_NONE)};
  static const std::vector<prepared> all = prepare(*with, from);
  nanoseconds raw{};
  if (raw_first) raw = recover_raw(*with, all);
  const nanoseconds ours = recover(from);
  if (!raw_first) raw = recover_raw(*with, all);
  constexpr auto count = static_cast<double>(transfer_count);
  into["signature_checks_per_s"].push_back(count / in_seconds(ours));
  into["signature_checks_raw_per_s"].push_back(count / in_seconds(raw));
  into["signature_checks_ratio"].push_back(in_seconds(raw) / in_seconds(ours));
}

} // namespace bench
