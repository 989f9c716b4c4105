// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/storage/chain_database_actor.hpp>

namespace alys::domain {

result<std::optional<stored_block>> chain_database_actor::handle(const find_block& m) {
  if (const auto* id = std::get_if<block_id>(&m.name)) return store_->block_by_id(*id);
  if (const auto* height = std::get_if<block_height>(&m.name)) return store_->block_by_height(*height);
  return store_->block_by_payload(std::get<hash256>(m.name));
}

result<std::optional<located_transaction>> chain_database_actor::handle(const find_transaction& m) {
  auto place = store_->find_transaction(m.hash);
  if (!place) return place.error();
  if (!*place) return std::optional<located_transaction>{};
  auto holder = store_->block_by_id((*place)->block.id);
  if (!holder) return holder.error();
  if (!*holder)
    return fail(store_error::damaged,
                "transaction " + to_hex(m.hash) + " points to block " + to_hex((*place)->block.id) + ", which is missing");
  return std::optional{located_transaction{std::move(**holder), (*place)->index}};
}

} // namespace alys::domain
