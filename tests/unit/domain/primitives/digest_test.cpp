// SPDX-License-Identifier: Apache-2.0
//
// Hash functions against published digests: the Ethereum yellow paper (Keccak), FIPS 180-4 (SHA-256), Bitcoin's genesis block (SHA-256d)
// and a BIP-341 wallet vector (tagged).
#include <alys/domain/primitives/digest.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;

TEST_CASE("keccak-256 is Ethereum's and not SHA3-256") {
  CHECK(to_hex(keccak256({})) == "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  CHECK(to_hex(keccak256(bytes_of("abc"))) == "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

TEST_CASE("sha-256 gives the digests of FIPS 180-4") {
  CHECK(to_hex(sha256(bytes_of("abc"))) == "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("sha-256d gives the id of Bitcoin's genesis block") {
  const auto header = from_hex(
      "0x0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3"
      "888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c");
  CHECK(to_hex(sha256d(header.value())) == "0x6fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000");
}

TEST_CASE("tagged hashes follow BIP-340") {
  // The leaf of scriptPubKey vector 1 in BIP-341's wallet-test-vectors.json: tag, version 0xc0, script with its length.
  const auto leaf = from_hex("0xc02220d85a959b0290bf19bb89ed43c916be835475d013da4b362117393e25a48229b8ac");
  CHECK(to_hex(tagged_hash("TapLeaf", leaf.value())) == "0x5b75adecf53548f3ec6ad7d78383bf84cc57b55a3127c72b9a2481752dd88b21");
}

TEST_CASE("a tag separates domains") {
  CHECK(tagged_hash("a", bytes_of("text")) != tagged_hash("b", bytes_of("text")));
  CHECK(tagged_hash("a", bytes_of("text")) != sha256(bytes_of("text")));
}

TEST_CASE("HMAC with SHA-256 gives the values of RFC 4231") {
  CHECK(to_hex(hmac_sha256(bytes_of("Jefe"), bytes_of("what do ya want for nothing?"))) ==
        "0x5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(hmac_sha256(bytes(20, 0x0b), bytes_of("Hi There"))) == "0xb0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}
