// SPDX-License-Identifier: Apache-2.0
//
// Adapter: the chain store in LevelDB. Strict where LevelDB is lenient: paranoid checks are on, every read verifies its checksums, the folder
// is locked before LevelDB opens it, a log that lost its end is noticed, and after the first failure the store does nothing more.
// docs/reference/storage.md says what lies where and what each kind of damage leads to.
//
// ```cpp
// inline alys::result<std::shared_ptr<alys::domain::chain_store>> open(const std::filesystem::path& folder) {
//   auto opened = alys::domain::leveldb_store::open(folder);
//   if (!opened) return opened.error();
//   return std::shared_ptr<alys::domain::chain_store>{std::move(*opened)};
// }
// ```
#pragma once

#include <alys/domain/storage/chain_store.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>

namespace alys::domain {

class disk; // the operating system, as the store sees it; see src/storage/disk.hpp

// What a check of the whole store found.
struct store_summary {
  std::uint64_t blocks = 0;  // on all chains
  std::uint64_t records = 0; // in all tables
};

// What a copy holds.
struct store_copied {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;                // of its files
  std::optional<chain_progress> progress; // nothing: an empty store
};

// What whoever opens a store may choose.
struct store_options {
  // Of how many final blocks the embedded ledger's states are kept, the last one included; 0: of all. Those of the blocks above them are kept in any case.
  std::uint64_t keep_states = 0;
};

class leveldb_store final : public chain_store {
public:
  // Opens the folder, or makes it. Fails with in_use, unreadable, no_space, newer_schema or damaged, at once; the text says which folder, and what to do.
  // Of what is stored it looks at the newest blocks only; `check` looks at everything. A store with a lower schema version gets this program's.
  [[nodiscard]] static result<std::shared_ptr<leveldb_store>> open(const std::filesystem::path& folder, const store_options& options = {});
  // The same over another operating system: for tests of what happens when that fails. `files` is not null.
  [[nodiscard]] static result<std::shared_ptr<leveldb_store>> open(const std::filesystem::path& folder, std::shared_ptr<disk> files,
                                                                   const store_options& options = {});
  ~leveldb_store() override;

  // Reads everything: that every record passes its checks, and that the chain goes from the head to genesis without a gap, each block found by
  // height and payload, each transaction by hash, and that the embedded ledger's state is whole at the last final block and at the head. The
  // writer may go on meanwhile. Fails with damaged and says what is wrong. About 10 s for a gigabyte.
  [[nodiscard]] result<store_summary> check() const;

  // Writes everything as it is at this moment into a new store, checks that one, and gives it its name at the end; `folder` must not exist or be
  // empty. Readers and the writer go on meanwhile. Fails with occupied, unreadable, no_space or damaged, and with interrupted
  // soon after `stop` says so; what goes wrong with the copy does not concern this store. Takes two to three times as long as `check`.
  [[nodiscard]] result<store_copied> copy_to(const std::filesystem::path& folder, const std::stop_token& stop = {}) const;

  [[nodiscard]] result<void> commit(std::span<const import_batch> batches) override;
  [[nodiscard]] result<void> store_vote(const vote_lock& vote) override;
  [[nodiscard]] result<void> journal(const journaled_transaction& transaction) override;
  [[nodiscard]] result<void> forget(const hash256& transaction) override;

  [[nodiscard]] result<std::optional<chain_progress>> progress() const override;
  [[nodiscard]] result<std::optional<stored_block>> block_by_id(const block_id& id) const override;
  [[nodiscard]] result<std::optional<stored_block>> block_by_height(block_height height) const override;
  [[nodiscard]] result<std::optional<stored_block>> block_by_payload(const hash256& payload_hash) const override;
  [[nodiscard]] result<std::optional<transaction_place>> find_transaction(const hash256& hash) const override;
  [[nodiscard]] result<std::vector<journaled_transaction>> journaled() const override;
  [[nodiscard]] std::uint64_t interrupted_imports() const noexcept override;
  [[nodiscard]] result<std::optional<bytes>> node(const hash256& hash) const override;
  [[nodiscard]] result<block_height> first_kept_state() const override;
  // The schema version that it had until it was opened, if that was another one.
  [[nodiscard]] std::optional<std::uint64_t> migrated_from() const noexcept;

private:
  struct content;
  explicit leveldb_store(std::unique_ptr<content> c) noexcept;

  std::unique_ptr<content> content_;
};

} // namespace alys::domain
