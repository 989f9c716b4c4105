// SPDX-License-Identifier: Apache-2.0
//
// The read path of the embedded ledger's states: accounts at any stored block whose state is kept, straight from the store. Reads wait neither
// for the writer nor for the engine, which may be busy with a new block. An execution client keeps its states itself: then there is no such
// actor.
//
// Between the reads it looks for damage in the newest final state, some nodes at a time, so that what nobody has read for long is found damaged
// while there are copies in which it is not. A failure of category corruption says so.
//
// ```cpp
// inline alys::ref<alys::domain::state_database_actor> declare(alys::supervisor_spec& storage, std::shared_ptr<const alys::domain::chain_store> store) {
//   return storage.child<alys::domain::state_database_actor>("state_database", {.check_period = 1h}, {}, std::move(store));
// }
// ```
#pragma once

#include <alys/actors.hpp>
#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/state_cache.hpp>
#include <alys/domain/storage/state_checker.hpp>
#include <alys/domain/storage/storage_messages.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace alys::domain {

struct state_database_settings {
  std::chrono::milliseconds check_period{std::chrono::hours{1}}; // from the end of one check to the begin of the next; 0: none
  void validate(problem_list& problems) const;
};
ALYS_CONFIG(state_database_settings, check_period)

// Its own timer: the check goes on.
struct check_alarm {};
ALYS_MESSAGE(check_alarm)

class state_database_actor final : public actor<state_database_actor, state_database_settings> {
public:
  using messages = accepts<find_stored_account, check_alarm>;

  // `checked` may be empty: nobody listens.
  explicit state_database_actor(std::shared_ptr<const chain_store> store, state_check_listener checked = {})
      : store_(std::move(store)), checked_(std::move(checked)) {}

  void initialize();
  // Fails with a store_error or a trie_error if the state is damaged: it is missing in part while the block's execution header is there.
  result<account> handle(const find_stored_account& m);
  // Fails likewise.
  result<void> handle(const check_alarm& m);

private:
  [[nodiscard]] result<hash256> payload_of(const block_name& name) const;
  [[nodiscard]] result<execution_header> header_of_block(const hash256& payload) const;
  [[nodiscard]] result<bool> has_gone(const hash256& payload) const;

  std::shared_ptr<const chain_store> store_;
  state_check_listener checked_;
  state_cache nodes_{*store_, std::size_t{16} << 20U}; // as its own: the ledger's belongs to another thread
  state_checker check_{*store_};
};

} // namespace alys::domain
