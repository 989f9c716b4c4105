// SPDX-License-Identifier: Apache-2.0
//
// Blocks of every shape within the limits, for properties. Whether they meet any rule is left to chance.
#pragma once

#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/limits.hpp>

#include <rapidcheck.h>

#include <cstdint>
#include <vector>

namespace rc {

template <class Tag, std::size_t N>
struct Arbitrary<alys::domain::fixed_bytes<Tag, N>> {
  [[nodiscard]] static Gen<alys::domain::fixed_bytes<Tag, N>> arbitrary() {
    return gen::map(gen::container<std::array<std::uint8_t, N>>(gen::arbitrary<std::uint8_t>()),
                    [](const std::array<std::uint8_t, N>& content) { return alys::domain::fixed_bytes<Tag, N>{content}; });
  }
};

template <class Tag>
struct Arbitrary<alys::domain::strong_integer<Tag>> {
  [[nodiscard]] static Gen<alys::domain::strong_integer<Tag>> arbitrary() {
    return gen::construct<alys::domain::strong_integer<Tag>>(gen::arbitrary<std::uint64_t>());
  }
};

} // namespace rc

namespace alys::test {

namespace dom = alys::domain;

template <class T>
[[nodiscard]] T any() {
  return *rc::gen::arbitrary<T>();
}

[[nodiscard]] inline std::size_t up_to(std::size_t most) { return *rc::gen::inRange<std::size_t>(0, most + 1); }

[[nodiscard]] inline dom::bytes any_bytes(std::size_t most) {
  return *rc::gen::container<dom::bytes>(up_to(most), rc::gen::arbitrary<std::uint8_t>());
}

[[nodiscard]] inline dom::block_header any_header() {
  return {.chain_id = any<std::uint64_t>(),
          .fork = any<std::uint32_t>(),
          .height = any<dom::block_height>(),
          .slot = any<dom::slot>(),
          .time = any<dom::unix_milliseconds>(),
          .parent = any<dom::block_id>(),
          .author = dom::authority_index{any<std::uint16_t>()},
          .payload = any<dom::hash256>()};
}

[[nodiscard]] inline dom::execution_payload any_payload() {
  dom::execution_payload p;
  p.fork = *rc::gen::elementOf(std::vector(std::begin(dom::all_execution_forks), std::end(dom::all_execution_forks)));
  p.parent_hash = any<dom::hash256>();
  p.fee_recipient = any<dom::address>();
  p.state_root = any<dom::hash256>();
  p.receipts_root = any<dom::hash256>();
  p.logs_bloom = any<dom::bloom>();
  p.prev_randao = any<dom::hash256>();
  p.block_number = any<dom::block_height>();
  p.gas_limit = any<dom::gas>();
  p.gas_used = any<dom::gas>();
  p.timestamp = any<dom::unix_seconds>();
  p.extra_data = any_bytes(dom::block_limits::extra_data_bytes);
  p.base_fee_per_gas = dom::from_big_endian(any<dom::hash256>().view()).value();
  p.block_hash = any<dom::hash256>();
  for (std::size_t i = up_to(4); i > 0; --i) p.transactions.push_back(any_bytes(300));
  for (std::size_t i = up_to(3); i > 0; --i) {
    p.withdrawals.push_back({any<std::uint64_t>(), any<std::uint64_t>(), any<dom::address>(), any<dom::gwei>()});
  }
  return p;
}

[[nodiscard]] inline dom::block any_block() {
  dom::block one{any_header(), any_payload(), any<dom::schnorr_signature>(), {}};
  for (std::size_t i = up_to(3); i > 0; --i)
    one.approvals.push_back({dom::authority_index{any<std::uint16_t>()}, any<dom::schnorr_signature>()});
  return one;
}

// The bytes after some changes: bits flipped, ends cut off, tails added.
[[nodiscard]] inline dom::bytes damaged(dom::bytes data) {
  for (std::size_t edits = 1 + up_to(3); edits > 0; --edits) {
    switch (up_to(3)) {
      case 0: dom::append(data, any_bytes(8)); break;
      case 1: data.resize(up_to(data.size())); break;
      default:
        if (!data.empty()) data[up_to(data.size() - 1)] ^= static_cast<std::uint8_t>(1U << up_to(7));
    }
  }
  return data;
}

} // namespace alys::test
