// SPDX-License-Identifier: Apache-2.0
//
// A small node: blocks that change accounts, pegs that change the bridge's book and look at the chain's head, and peers that read accounts.
//
// Both contenders do the same operations with the same functions on the same data; they differ in who may touch it when. A block counts,
// and may be read, only once it is committed, which takes a while in which nobody has to compute anything.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

namespace bench {

enum class operation : std::uint8_t { import_block, update_peg, read };

struct plan {
  std::size_t threads = 1;
  std::size_t operations = 1'000;
  std::chrono::nanoseconds commit{}; // how long storage takes for one commit; 0: all is in memory
};

// What a run did, so that nobody saves work; equal for equal plans.
struct outcome {
  std::uint64_t height = 0;
  std::uint64_t transfers = 0; // applied to the accounts
  std::uint64_t pegs = 0;
  std::uint64_t reads = 0;
  std::chrono::nanoseconds took{};
};

inline constexpr std::size_t account_count = 4'096;

struct chain_state {
  std::uint64_t height = 0;
  std::uint64_t transfers = 0;
  std::array<std::uint64_t, account_count> balances{};
};

struct peg_state {
  std::uint64_t pegs = 0;
  std::uint64_t at_height = 0;
  std::array<std::uint64_t, 256> book{};
};

// In turn, as a node sees them: of a thousand 2 blocks, 20 pegs and 978 reads.
[[nodiscard]] operation operation_at(std::size_t number) noexcept;
// Checks that need no state: most of the work on a block.
[[nodiscard]] std::uint64_t check_block(std::uint64_t seed) noexcept;
// The 500 transfers of the block that follows `state`.
void apply_block(chain_state& state, std::uint64_t checked) noexcept;
void apply_peg(peg_state& state, std::uint64_t height, std::uint64_t seed) noexcept;
// A walk over some accounts, and a digest of what is there; never 0.
[[nodiscard]] std::uint64_t read_accounts(const chain_state& state, std::uint64_t seed) noexcept;

// Behind locks, one for the chain and one for the bridge; so many threads take the next operation each.
[[nodiscard]] outcome run_mutexes(const plan& what);
[[nodiscard]] outcome run_reader_writer_locks(const plan& what);
// With an actor for the chain, one for the bridge, one for storage, and one that answers reads for each thread of the pool.
[[nodiscard]] outcome run_actors(const plan& what);

} // namespace bench
