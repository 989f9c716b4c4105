// SPDX-License-Identifier: Apache-2.0
#include "chain_place.hpp"

#include <alys/domain/aura/key_file.hpp>
#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/chain/spec_file.hpp>

#include <algorithm>

namespace alysd {

using namespace alys::domain;

namespace {

[[nodiscard]] alys::result<authority_seat> seat_of(secret_key key, const chain_spec& spec, const chain_config& config) {
  const schnorr_public_key mine = key.public_key();
  const auto found = std::ranges::find(spec.authorities, mine);
  if (found == spec.authorities.end()) {
    return alys::fail(alys::category::configuration, config.authority_key + " holds the key of " + to_hex(mine) +
                                                         ", which is none of the authorities in " + config.spec +
                                                         ". Give the key file of one of them, or none, to follow the chain");
  }
  const auto index = static_cast<std::uint16_t>(found - spec.authorities.begin());
  return authority_seat{authority_index{index}, std::make_shared<const secret_key>(std::move(key))};
}

} // namespace

alys::result<chain_place> place_in_chain(const chain_config& config) {
  if (config.spec.empty()) {
    constexpr authority_index first{0};
    return chain_place{dev_spec(config.slot_duration), authority_seat{first, std::make_shared<const secret_key>(dev_authority_key(first))}};
  }
  auto spec = load_spec(config.spec);
  if (!spec) return spec.error();
  chain_place place{std::move(*spec), std::nullopt};
  if (config.authority_key.empty()) return place;
  auto key = load_key_file(config.authority_key);
  if (!key) return key.error();
  auto seat = seat_of(std::move(*key), place.spec, config);
  if (!seat) return seat.error();
  place.seat = std::move(*seat);
  return place;
}

} // namespace alysd
