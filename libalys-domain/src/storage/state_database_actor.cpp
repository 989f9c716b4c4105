// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/storage/state_database_actor.hpp>

#include "kept_states.hpp"
#include "state_damage.hpp"

#include <alys/domain/engine/engine_error.hpp>
#include <alys/domain/engine/world_state.hpp>

namespace alys::domain {

namespace {

// Some thousand nodes in a second, and each time less than a read of the chain may have to wait.
constexpr std::size_t nodes_a_step = 32;
constexpr std::chrono::milliseconds between_steps{10};
constexpr std::chrono::milliseconds for_the_first_block{1'000};

[[nodiscard]] error unknown() { return refuse(engine_error::unknown_block, "no such block"); }

} // namespace

result<hash256> state_database_actor::payload_of(const block_name& name) const {
  if (const auto* payload = std::get_if<hash256>(&name)) return *payload;
  const auto* id = std::get_if<block_id>(&name);
  const auto found = id != nullptr ? store_->block_by_id(*id) : store_->block_by_height(std::get<block_height>(name));
  if (!found) return found.error();
  if (!*found) return unknown();
  return (*found)->block.payload.block_hash;
}

// The store holds other things under their hashes, too: what is no header is no block.
result<execution_header> state_database_actor::header_of_block(const hash256& payload) const {
  const auto stored = nodes_.node(payload);
  if (!stored) return stored.error();
  if (*stored) {
    auto header = decode_header(**stored);
    return header ? std::move(header) : result<execution_header>{unknown()};
  }
  const auto block = store_->block_by_payload(payload);
  if (!block) return block.error();
  return *block ? state_not_kept(*store_, payload) : unknown();
}

// The header goes with its state; one that is at hand here may be gone from the store. Beside the chain it may stay for ever.
result<bool> state_database_actor::has_gone(const hash256& payload) const {
  const auto header = store_->node(payload);
  if (!header) return header.error();
  if (!*header) return true;
  const auto block = store_->block_by_payload(payload);
  if (!block) return block.error();
  if (!*block) return false;
  const auto kept = is_state_kept(*store_, **block);
  if (!kept) return kept.error();
  return !*kept;
}

result<account> state_database_actor::handle(const find_stored_account& m) {
  const auto payload = payload_of(m.block);
  if (!payload) return payload.error();
  const auto header = header_of_block(*payload);
  if (!header) return header.error();
  // Parts of older states may be there still, and the accounts that they lead to: one answer for all of a state.
  const auto first = store_->first_kept_state();
  if (!first) return first.error();
  if (header->number < *first) return state_not_kept(*store_, *payload);
  auto found = world_state{header->state_root, nodes_}.read(m.who);
  if (found == trie_error::damaged_node) return state_damage(found.error(), "block " + to_hex(*payload));
  if (found != trie_error::missing_node) return found;
  // Pruning may have come by since the header was read.
  const auto gone = has_gone(*payload);
  if (!gone) return gone.error();
  return *gone ? state_not_kept(*store_, *payload) : state_damage(found.error(), "block " + to_hex(*payload));
}

void state_database_settings::validate(problem_list& problems) const {
  if (check_period < std::chrono::milliseconds::zero() || check_period > std::chrono::hours{24 * 365})
    problems.push_back({"check_period", "must be from 0s to 8760h"});
}

void state_database_actor::initialize() {
  if (config().check_period > std::chrono::milliseconds::zero()) after(between_steps, check_alarm{});
}

result<void> state_database_actor::handle(const check_alarm&) {
  const auto step = check_.step(nodes_a_step);
  if (!step) return step.error();
  if (*step && checked_) checked_(**step);
  after(!*step ? for_the_first_block : (*step)->last ? config().check_period : between_steps, check_alarm{});
  return {};
}

} // namespace alys::domain
