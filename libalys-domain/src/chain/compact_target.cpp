// SPDX-License-Identifier: Apache-2.0
//
// Targets as Bitcoin writes them.
#include <alys/domain/chain/compact_target.hpp>

#include <alys/domain/chain/canonical.hpp>
#include <alys/domain/primitives/hex.hpp>

namespace alys::domain {

std::optional<uint256> target_of(compact_target compact) {
  constexpr std::uint32_t sign = 0x800000;
  const std::uint32_t length = compact.bits >> 24U;
  const std::uint32_t digits = compact.bits & 0xffffffU;
  // A first byte of zero is there only to keep the second one from being taken for the sign.
  const bool shortest = digits > 0xffffU || (digits & 0x8000U) != 0;
  if ((digits & sign) != 0 || !shortest || length == 0) return std::nullopt;
  const std::uint32_t whole = digits > 0xffffU ? length : length - 1; // bytes of the target
  if (whole > 32) return std::nullopt;
  if (length >= 3) return uint256{digits} << (8 * (length - 3));
  const std::uint32_t cut = 8 * (3 - length);
  if ((digits & ((1U << cut) - 1)) != 0) return std::nullopt; // digits below one
  return uint256{digits >> cut};
}

std::string to_text(compact_target compact) {
  canonical_writer out;
  return to_hex(out.u32(compact.bits).content());
}

std::optional<compact_target> compact_target_of(std::string_view text) {
  const auto data = from_hex(text);
  if (!data || data->size() != 4) return std::nullopt;
  canonical_reader in{*data};
  return compact_target{in.u32()};
}

} // namespace alys::domain
