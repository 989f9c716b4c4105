// SPDX-License-Identifier: Apache-2.0
//
// Blocks as bytes, canonical and protobuf: nothing is lost, nothing else is accepted, and no input breaks a decoder.
#include <alys/domain/chain/block_proto.hpp>
#include <alys/domain/chain/encoding.hpp>
#include <alys/domain/chain/identity.hpp>

#include "support/domain/arbitrary_block.hpp"

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::test;

TEST_CASE("any block survives its canonical encoding") {
  CHECK(rc::check([] {
    const block one = any_block();
    const bytes encoded = encode_block(one);
    RC_ASSERT(encoded.size() == encoded_size(one));
    RC_ASSERT(decode_block(encoded) == one);
  }));
}

TEST_CASE("any block survives its carrier") {
  CHECK(rc::check([] {
    const block one = any_block();
    RC_ASSERT(block_from_protobuf(block_to_protobuf(one)) == one);
  }));
}

TEST_CASE("what a canonical decoder accepts has no other encoding") {
  CHECK(rc::check([] {
    const bytes data = damaged(encode_block(any_block()));
    const auto decoded = decode_block(data);
    if (decoded) RC_ASSERT(encode_block(*decoded) == data);
    RC_CLASSIFY(decoded.has_value());
  }));
}

TEST_CASE("what the carrier's decoder accepts survives being carried again") {
  CHECK(rc::check([] {
    const auto decoded = block_from_protobuf(damaged(block_to_protobuf(any_block())));
    if (decoded) RC_ASSERT(block_from_protobuf(block_to_protobuf(*decoded)) == *decoded);
    RC_CLASSIFY(decoded.has_value());
  }));
}

TEST_CASE("random bytes never break a decoder") {
  CHECK(rc::check([] {
    const bytes data = any_bytes(2'000);
    const auto canonical = decode_block(data);
    if (canonical) RC_ASSERT(encode_block(*canonical) == data);
    const auto carried = block_from_protobuf(data);
    if (carried) RC_ASSERT(block_from_protobuf(block_to_protobuf(*carried)) == *carried);
  }));
}

TEST_CASE("different headers have different ids") {
  CHECK(rc::check([] {
    const block_header one = any_header();
    const block_header other = any_header();
    RC_ASSERT((id_of(one) == id_of(other)) == (one == other));
  }));
}
