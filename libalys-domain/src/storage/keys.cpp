// SPDX-License-Identifier: Apache-2.0
//
// Keys are a byte and what follows.
#include <alys/domain/storage/keys.hpp>

namespace alys::domain {

bytes key_of(store_table table) { return {static_cast<std::uint8_t>(table)}; }

bytes key_of(store_table table, bytes_view rest) {
  bytes key;
  key.reserve(1 + rest.size());
  key.push_back(static_cast<std::uint8_t>(table));
  append(key, rest);
  return key;
}

bytes key_of(store_table table, std::uint64_t number) {
  bytes key{static_cast<std::uint8_t>(table)};
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<std::uint8_t>(number >> static_cast<unsigned>(shift)));
  return key;
}

bytes key_of(store_table table, std::uint64_t number, bytes_view rest) {
  bytes key = key_of(table, number);
  append(key, rest);
  return key;
}

} // namespace alys::domain
