// SPDX-License-Identifier: Apache-2.0
//
// 256-bit amounts to bytes and back.
#include <alys/domain/primitives/wei.hpp>

#include <iterator>

namespace alys::domain {

namespace {

template <class Unit>
[[nodiscard]] std::optional<Unit> whole(const wei& amount, std::uint64_t wei_per_unit) {
  const wei count = amount / wei_per_unit;
  if (count > Unit::max().value()) return std::nullopt;
  return Unit{static_cast<std::uint64_t>(count)};
}

} // namespace

std::optional<gwei> to_gwei_floor(const wei& amount) { return whole<gwei>(amount, wei_per_gwei); }

std::optional<satoshi> to_satoshi_floor(const wei& amount) { return whole<satoshi>(amount, gwei_per_satoshi * wei_per_gwei); }

bytes to_big_endian(const wei& amount) {
  bytes out;
  if (amount != 0) boost::multiprecision::export_bits(amount, std::back_inserter(out), 8);
  return out;
}

hash256 to_word(const wei& amount) {
  const bytes significant = to_big_endian(amount);
  hash256 word;
  std::ranges::copy(significant, word.data() + (hash256::size() - significant.size()));
  return word;
}

std::optional<wei> from_big_endian(bytes_view data) {
  if (data.size() > hash256::size()) return std::nullopt;
  wei amount = 0;
  if (!data.empty()) boost::multiprecision::import_bits(amount, data.begin(), data.end(), 8);
  return amount;
}

} // namespace alys::domain
