// SPDX-License-Identifier: Apache-2.0
//
// Whose turn it is: the authorities of a chain take the slots in turn, in the order in which the chain spec lists them.
//
// ```cpp
// inline bool third() { return alys::domain::author_of(alys::domain::slot{5}, 3) == alys::domain::authority_index{2}; }
// ```
#pragma once

#include <alys/domain/primitives/units.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>

namespace alys::domain {

// The place of an authority in the chain spec's list, from 0.
struct authority_index {
  std::uint16_t value = 0;

  friend constexpr auto operator<=>(authority_index, authority_index) noexcept = default;
};

// The largest set of authorities that a chain may have.
inline constexpr std::size_t max_authorities = 256;

// The only authority that may seal a block in this slot: slot mod n. `authorities` is n, from 1 to max_authorities; throws
// std::invalid_argument outside of that, because a chain spec was not checked.
[[nodiscard]] authority_index author_of(slot, std::size_t authorities);

} // namespace alys::domain
