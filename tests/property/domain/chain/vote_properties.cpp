// SPDX-License-Identifier: Apache-2.0
//
// The vote lock over any history of requests, with restarts that read back what was stored.
#include <alys/domain/chain/vote.hpp>

#include "support/domain/arbitrary_block.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace alys::domain;
using namespace alys::test;

TEST_CASE("an authority never signs two blocks in a slot whatever it is asked and whenever it restarts") {
  CHECK(rc::check([] {
    std::optional<vote_lock> stored;    // survives restarts
    std::map<slot, block_id> published; // what left the node
    slot newest{0};
    for (std::size_t requests = up_to(60); requests > 0; --requests) {
      block_id::array_type name{};
      name[0] = static_cast<std::uint8_t>(up_to(3));
      const block_ref asked{block_id{name}, block_height{up_to(5)}, slot{up_to(8)}};

      const auto lock = lock_vote(stored, asked);
      if (!lock) continue;
      const bool crashed_before_storing = up_to(9) == 0;
      if (crashed_before_storing) continue;
      stored = *lock;
      const bool crashed_before_signing = up_to(9) == 0;
      if (crashed_before_signing) continue;
      RC_ASSERT(asked.slot >= newest);
      newest = asked.slot;
      const auto [earlier, first] = published.emplace(asked.slot, asked.id);
      RC_ASSERT((first || earlier->second == asked.id));
    }
    RC_CLASSIFY(published.size() > 3);
  }));
}
