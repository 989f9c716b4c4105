// SPDX-License-Identifier: Apache-2.0
//
// What can be kept of a damaged store. It is looked at first, and nothing changes by that: what is wrong, how far the chain is whole, what the
// authority signed last. Then a new store is made of what is whole, checked, and put in the place of the damaged one, which is kept.
//
// ```cpp
// inline alys::result<bool> is_whole(const std::filesystem::path& data) {
//   auto looked = alys::domain::store_repair::look(data);
//   if (!looked) return looked.error();
//   return looked->plan().damage.empty();
// }
// ```
#pragma once

#include <alys/domain/engine/ledger.hpp>
#include <alys/domain/storage/leveldb_store.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alys::domain {

// Why a repair is not done. Refusals.
enum class repair_refusal : std::uint8_t {
  none,
  nothing_to_do,
  vote_unknown, // what the authority signed last cannot be read, and nobody said that it may be forgotten
};
ALYS_ERRORS(repair_refusal, nothing_to_do, vote_unknown)

// Where the state of the embedded ledger comes from.
enum class repaired_state : std::uint8_t {
  none, // an execution client has it, or so much is lost that it takes the accounts of the first block: then no ledger goes on from this store
  kept,     // all of it was readable
  computed, // by executing blocks again, on the newest state that was readable
};

// What a look at a folder tells.
struct repair_plan {
  std::vector<std::string> damage;             // what is wrong; empty: nothing
  bool half_done = false;                      // a repaired store is there, and only to be put in place; nothing else is told then
  std::optional<chain_progress> recorded = {}; // what the store says of its chain; nothing: it cannot be read
  bool vote_is_known = false;                  // `recorded` holds what was signed last: it is not an older record
  block_ref head = {};                         // of the repaired store
  block_ref last_final = {};                   // likewise; no higher than `head`
  std::uint64_t whole_blocks_dropped = 0;      // above a block that is not, or beside the chain
  std::uint64_t waiting = 0;                   // transactions in its journal
  std::uint64_t given_back = 0;                // of these, out of blocks that are dropped
  repaired_state state = repaired_state::none;
  std::uint64_t executed = 0; // blocks, for `computed`
};

struct repair_options {
  unix_milliseconds now;    // no earlier than what the store's authority signed last
  bool forget_vote = false; // if it is unknown; then nothing is signed for slots that have begun by `now`
};

// What was done.
struct repaired_store {
  std::optional<chain_progress> progress = {}; // of the store that is in place
  std::filesystem::path damaged;               // where the damaged files are; empty: an earlier attempt has moved them
};

// Holds the folder's lock. A look takes as long as leveldb_store::check, and three times that at a damaged folder; a repair as long again; and both what
// it takes to execute blocks whose state is lost. Memory: half a kilobyte a block, and the tables of which parts cannot be read.
class store_repair {
public:
  // `first`: what the chain's embedded ledger began with (execution_genesis_of), from which all state can be computed.
  // Fails with in_use, newer_schema, unreadable if there is no store, io_failed, or with damaged if not even the first block is whole; with an error of
  // category configuration if `first` is of another chain.
  [[nodiscard]] static result<store_repair> look(const std::filesystem::path& data, const std::optional<execution_genesis>& first = {});
  store_repair(store_repair&&) noexcept;
  store_repair& operator=(store_repair&&) noexcept;
  ~store_repair();

  [[nodiscard]] const repair_plan& plan() const noexcept;

  // Does it. The damaged files stay as they are until the repaired store is complete, checked and durable; then they are moved to a folder
  // `damaged-TIME` beside it. Fails with no_space, io_failed or unreadable, and may be begun again: with a new look. Refuses with a repair_refusal.
  [[nodiscard]] result<repaired_store> carry_out(const repair_options& options);

private:
  struct content;
  explicit store_repair(std::unique_ptr<content> c) noexcept;

  std::unique_ptr<content> content_;
};

} // namespace alys::domain
