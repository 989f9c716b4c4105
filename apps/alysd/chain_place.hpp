// SPDX-License-Identifier: Apache-2.0
//
// The chain that a configuration names, and this node's seat in it.
#pragma once

#include "config.hpp"

#include <alys/actors/result.hpp>
#include <alys/domain/chain/chain_spec.hpp>

#include <memory>
#include <optional>

namespace alysd {

// An authority's.
struct authority_seat {
  alys::domain::authority_index index;
  std::shared_ptr<const alys::domain::secret_key> key;
};

struct chain_place {
  alys::domain::chain_spec spec;
  std::optional<authority_seat> seat; // none: the node follows
};

// Reads the chain spec and the key file, or gives the development chain and its first authority. Fails with what is wrong with a file, or
// because the key is none of the spec's authorities.
[[nodiscard]] alys::result<chain_place> place_in_chain(const chain_config& config);

} // namespace alysd
