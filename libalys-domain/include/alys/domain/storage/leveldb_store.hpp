// SPDX-License-Identifier: Apache-2.0
//
// Adapter: the chain store in LevelDB. Strict where LevelDB is lenient: paranoid checks are on, every read verifies its checksums, the folder
// is locked before LevelDB opens it, and the first error of a write ends all writing.
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

#include <filesystem>
#include <memory>

namespace alys::domain {

class leveldb_store final : public chain_store {
public:
  // Opens the folder, or makes it. Fails with in_use, unreadable, newer_schema or damaged; the text says which folder, and what to do.
  [[nodiscard]] static result<std::shared_ptr<leveldb_store>> open(const std::filesystem::path& folder);
  ~leveldb_store() override;

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

private:
  struct content;
  explicit leveldb_store(std::unique_ptr<content> c) noexcept;
  [[nodiscard]] result<std::optional<stored_block>> by_index(bytes_view key) const;
  std::unique_ptr<content> content_;
};

} // namespace alys::domain
