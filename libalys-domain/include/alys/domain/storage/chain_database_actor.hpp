// SPDX-License-Identifier: Apache-2.0
//
// The read path: blocks and transactions by whatever names them. Reads do not wait for the writer. Blocks that were read last stay at hand,
// since receipts are asked for one by one, most of them of the newest block.
//
// ```cpp
// inline alys::ref<alys::domain::chain_database_actor> declare(alys::supervisor_spec& storage, std::shared_ptr<const alys::domain::chain_store> store) {
//   return storage.child<alys::domain::chain_database_actor>("chain_database", {}, {}, std::move(store));
// }
// ```
#pragma once

#include <alys/actors.hpp>
#include <alys/domain/storage/block_cache.hpp>
#include <alys/domain/storage/storage_messages.hpp>

namespace alys::domain {

class chain_database_actor final : public actor<chain_database_actor> {
public:
  using messages = accepts<find_block, find_transaction>;

  explicit chain_database_actor(std::shared_ptr<const chain_store> store) : store_(std::move(store)) {}

  result<stored_block_ptr> handle(const find_block& m);
  result<std::optional<located_transaction>> handle(const find_transaction& m);

private:
  [[nodiscard]] result<stored_block_ptr> block_by_id(const block_id& id);

  std::shared_ptr<const chain_store> store_;
  block_cache cache_{std::size_t{32} << 20U};
};

} // namespace alys::domain
