// SPDX-License-Identifier: Apache-2.0
//
// kill -9 at chosen steps of a process with a store, again and again on one folder: what was reported is there, and every import is there whole or
// not at all.
#pragma once

#include "kill_aim.hpp"

#include <array>
#include <cstdint>

namespace alys::test {

struct kill_result {
  std::array<std::uint64_t, phase_names.size()> hits = {}; // kills, by what the process was at; as the process itself has said
  std::uint64_t interrupted = 0;                           // imports that the stores found cut off
  std::uint64_t without = 0;                               // of them: nothing of the import was there, and
  std::uint64_t whole = 0;                                 // all of it was there
  std::uint64_t height = 0;                                // that the chain has come to

  [[nodiscard]] std::uint64_t at(life_phase phase) const { return hits.at(static_cast<std::size_t>(phase)); }
};

// So many rounds: of eight, five hit a commit, and one each the time between, an opening, and a merge of tables. Fails the test for anything that is lost or half there, and
// for a kill that does not hit; at the end, the store must hold what a store has that nobody ever killed.
[[nodiscard]] kill_result kill_importing_process(int rounds, std::uint64_t seed);

// Kills the making of a new store at each of its steps, and begins it anew. Gives how many there are.
[[nodiscard]] std::size_t kill_at_each_step_of_making();

} // namespace alys::test
