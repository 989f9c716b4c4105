// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/engine/log_entry.hpp>

#include <alys/domain/primitives/digest.hpp>

#include <array>

namespace alys::domain {

namespace {

// Three of the 2048 bits, by the first three pairs of bytes of the hash; bit 0 is the last one.
[[nodiscard]] std::array<std::size_t, 3> bits_of(bytes_view what) {
  const hash256 hash = keccak256(what);
  const auto bit = [&](std::size_t pair) {
    return (static_cast<std::size_t>(hash.view()[pair]) << 8U | static_cast<std::size_t>(hash.view()[pair + 1])) % (8 * bloom::size());
  };
  return {bit(0), bit(2), bit(4)};
}

[[nodiscard]] constexpr std::size_t byte_of(std::size_t bit) { return bloom::size() - 1 - bit / 8; }
[[nodiscard]] constexpr std::uint8_t mask_of(std::size_t bit) { return static_cast<std::uint8_t>(1U << bit % 8); }

void add(bloom& filter, bytes_view what) {
  for (const std::size_t bit : bits_of(what)) filter.data()[byte_of(bit)] |= mask_of(bit);
}

} // namespace

bloom bloom_of(std::span<const log_entry> logs) {
  bloom filter;
  for (const log_entry& log : logs) {
    add(filter, log.account.view());
    for (const hash256& topic : log.topics) add(filter, topic.view());
  }
  return filter;
}

bool may_have(const bloom& filter, bytes_view account_or_topic) {
  for (const std::size_t bit : bits_of(account_or_topic)) {
    if ((filter.view()[byte_of(bit)] & mask_of(bit)) == 0) return false;
  }
  return true;
}

} // namespace alys::domain
