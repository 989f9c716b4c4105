// SPDX-License-Identifier: Apache-2.0
//
// Keys of the store.
#include <alys/domain/primitives/hex.hpp>
#include <alys/domain/storage/keys.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;

TEST_CASE("a key is a letter and what follows it") {
  CHECK(to_hex(key_of(store_table::schema)) == "0x76");
  CHECK(to_hex(key_of(store_table::block, bytes{0xab, 0xcd})) == "0x62abcd");
  CHECK(to_hex(key_of(store_table::height, 258)) == "0x680000000000000102");
  CHECK(to_hex(key_of(store_table::dropped, 258, bytes{0xab})) == "0x750000000000000102ab");
}

TEST_CASE("keys of numbers sort as the numbers do") {
  CHECK(key_of(store_table::height, 255) < key_of(store_table::height, 256));
  CHECK(key_of(store_table::journal, 0xffffffff) < key_of(store_table::journal, 0x100000000));
}
