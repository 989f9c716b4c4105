// SPDX-License-Identifier: Apache-2.0
//
// Text and bytes of the primitives are read as they were written, and reading takes any input.
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/hex.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include <string>

using namespace alys::domain;

TEST_CASE("hexadecimal text is read as it was written") {
  CHECK(rc::check([](const bytes& data) {
    RC_ASSERT(from_hex(to_hex(data)).value() == data);
    RC_ASSERT(from_hex_digits(to_hex_digits(data)).value() == data);
  }));
}

TEST_CASE("any text is hexadecimal or is refused") {
  CHECK(rc::check([] {
    const auto text = *rc::gen::container<std::string>(rc::gen::element('0', 'x', 'a', 'F', '9', 'g', ' ', '\0', '\xff'));
    const auto data = from_hex(text);
    if (!data) return RC_ASSERT(data.error().refused());
    RC_ASSERT(text.size() == 2 + 2 * data->size());
    RC_ASSERT(address::from_hex(text).has_value() == (data->size() == address::size()));
  }));
}

TEST_CASE("amounts are read from the bytes that they were written to") {
  CHECK(rc::check([](const bytes& noise) {
    const auto amount = from_big_endian(noise);
    RC_ASSERT(amount.has_value() == (noise.size() <= hash256::size()));
    if (!amount) return;
    const auto shortest = to_big_endian(*amount);
    RC_ASSERT(from_big_endian(shortest) == amount);
    RC_ASSERT(from_big_endian(to_word(*amount).view()) == amount);
    RC_ASSERT((shortest.empty() || shortest.front() != 0));
  }));
}

TEST_CASE("fixed values are ordered as their bytes are") {
  CHECK(rc::check([](std::uint64_t a, std::uint64_t b) {
    RC_ASSERT((to_word(a) < to_word(b)) == (a < b));
    RC_ASSERT((to_word(a) == to_word(b)) == (a == b));
  }));
}
