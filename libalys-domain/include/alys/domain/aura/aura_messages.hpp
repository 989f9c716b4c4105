// SPDX-License-Identifier: Apache-2.0
//
// What the aura actor says and is asked: turns of this node's authority, and signatures for them.
//
// ```cpp
// inline alys::domain::seal_block ask_for(const alys::domain::block_header& mine) { return {mine}; }
// ```
#pragma once

#include <alys/actors/ref.hpp>
#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/vote.hpp>

#include <chrono>

namespace alys::domain {

// A slot has begun whose author is this node.
struct slot_begun {
  static constexpr auto priority = alys::priority::urgent;
  domain::slot slot;
};

// A slot whose author is this node begins soon.
struct slot_coming {
  static constexpr auto priority = alys::priority::urgent;
  domain::slot slot;
};

// Tell `listener` of every turn from now on, in the place of an earlier listener; and, unless `ahead` is 0, that long before each.
struct follow_slots {
  alys::ref_to<slot_begun, slot_coming> listener;
  std::chrono::milliseconds ahead{0}; // at most one slot
};

// What an author adds to its block: the seal, its own approval, and the vote that must be durable before either leaves the node.
struct author_signatures {
  schnorr_signature seal;
  domain::approval approval;
  vote_lock vote;
};

// Seals and approves a block of one's own. Refuses with a vote_error if the slot is taken by another block, is not now, or has passed; with
// block_error::wrong_author if it is somebody else's.
struct seal_block {
  using reply = author_signatures;
  block_header header;
};

// The slot clock's own alarms.
struct slot_alarm {};
struct coming_alarm {
  domain::slot slot;
};

ALYS_MESSAGE(slot_begun, slot)
ALYS_MESSAGE(slot_coming, slot)
ALYS_MESSAGE(follow_slots, listener, ahead)
ALYS_MESSAGE(seal_block, header)
ALYS_MESSAGE(slot_alarm)
ALYS_MESSAGE(coming_alarm, slot)

} // namespace alys::domain
