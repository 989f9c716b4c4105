// SPDX-License-Identifier: Apache-2.0
//
// An Alys block: a header that names its parent, its slot and its author and commits to an execution payload; the author's seal; and the
// approvals of authorities that executed it. The id covers the header alone (see identity.hpp); seal and approvals are signatures over it.
// These are plain values: which of them are valid is for validate.hpp to say.
//
// ```cpp
// inline alys::domain::block_header after(const alys::domain::block_header& parent, const alys::domain::block_id& id) {
//   alys::domain::block_header next = parent;
//   next.parent = id;
//   next.height = parent.height + 1;
//   next.slot = parent.slot + 1;
//   return next;
// }
// ```
#pragma once

#include <alys/domain/aura/schedule.hpp>
#include <alys/domain/aura/signing.hpp>
#include <alys/domain/engine/execution_payload.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/units.hpp>

#include <cstdint>
#include <vector>

namespace alys::domain {

// Which set of rules a block obeys; the chain spec says from which height on.
using fork_id = std::uint32_t;

struct block_header {
  std::uint64_t chain_id = 0; // EIP-155
  fork_id fork = 0;
  block_height height;
  domain::slot slot;
  unix_milliseconds time; // lies within the slot
  block_id parent;        // of the genesis block: the commitment to the chain spec
  authority_index author;
  hash256 payload; // commitment to the execution payload

  friend bool operator==(const block_header&, const block_header&) = default;
};

// What an authority says of a block: I executed it, it is valid, and I approve no other in its slot.
struct approval {
  authority_index authority;
  schnorr_signature signature;

  friend bool operator==(const approval&, const approval&) = default;
};

struct block {
  block_header header;
  execution_payload payload;
  schnorr_signature seal; // the author's; zero in the genesis block
  std::vector<approval> approvals;

  friend bool operator==(const block&, const block&) = default;
};

// A block's place in a chain, without its contents.
struct block_ref {
  block_id id;
  block_height height;
  domain::slot slot;

  friend bool operator==(const block_ref&, const block_ref&) = default;
};

} // namespace alys::domain
