// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/storage/chain_database_actor.hpp>

namespace alys::domain {

namespace {

[[nodiscard]] result<stored_block_ptr> shared(result<std::optional<stored_block>> found) {
  if (!found) return found.error();
  if (!*found) return stored_block_ptr{};
  return std::make_shared<const stored_block>(**std::move(found));
}

} // namespace

result<stored_block_ptr> chain_database_actor::handle(const find_block& m) {
  if (const auto* id = std::get_if<block_id>(&m.name)) return block_by_id(*id);
  if (const auto* height = std::get_if<block_height>(&m.name)) return shared(store_->block_by_height(*height));
  return shared(store_->block_by_payload(std::get<hash256>(m.name)));
}

// The one thing about a stored block that changes is that it becomes final.
result<stored_block_ptr> chain_database_actor::block_by_id(const block_id& id) {
  if (auto known = cache_.find(id)) {
    if (known->final) return known;
    const auto progress = store_->progress();
    if (!progress) return progress.error();
    if (*progress && known->block.header.height > (*progress)->last_final.height) return known;
  }
  auto read = shared(store_->block_by_id(id));
  if (read && *read) cache_.put(id, *read);
  return read;
}

result<std::optional<located_transaction>> chain_database_actor::handle(const find_transaction& m) {
  const auto place = store_->find_transaction(m.hash);
  if (!place) return place.error();
  if (!*place) return std::optional<located_transaction>{};
  const block_id& holder = (*place)->block.id;
  auto block = block_by_id(holder);
  if (!block) return block.error();
  if (!*block)
    return fail(store_error::damaged, "transaction " + to_hex(m.hash) + " points to block " + to_hex(holder) + ", which is missing");
  return std::optional{located_transaction{*std::move(block), (*place)->index}};
}

} // namespace alys::domain
