// SPDX-License-Identifier: Apache-2.0
//
// All accounts at one block, as a block's execution sees them: reads come from the state trie, changes stay in memory until they are
// committed to a new root (yellow paper, section 4.1; keys are hashes of addresses).
//
// ```cpp
// inline alys::result<alys::domain::hash256> pay(alys::domain::world_state& accounts, const alys::domain::address& to) {
//   auto account = accounts.edit(to);
//   if (!account) return account.error();
//   (*account)->balance += 1;
//   auto committed = accounts.commit();
//   if (!committed) return committed.error();
//   return committed->root;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/engine/account.hpp>
#include <alys/domain/engine/state_source.hpp>
#include <alys/domain/engine/trie.hpp>
#include <alys/domain/primitives/hash.hpp>

#include <unordered_map>
#include <vector>

namespace alys::domain {

// An account that a block may have changed, as the block leaves it.
struct touched_account {
  address who{};
  account after{};

  friend bool operator==(const touched_account&, const touched_account&) = default;
};

// Not thread-safe. After a failure (of the source, or a trie_error) the state is undefined: drop it.
class world_state {
public:
  // The accounts below this root. The source must outlive the state.
  world_state(const hash256& root, const state_source& nodes);

  // The account as it is now, changes included; an empty one if there is none.
  [[nodiscard]] alys::result<account> read(const address&);

  // The account for changing. The pointer stays valid, and what is changed through it counts, until the next commit.
  [[nodiscard]] alys::result<account*> edit(const address&);

  // Writes the changes into the trie. Accounts that were left empty are removed (EIP-161). Costs some 10 us for each account that differs.
  [[nodiscard]] alys::result<trie_commit> commit();

  // The accounts that were opened with edit since the state was made, as they are now.
  [[nodiscard]] std::vector<touched_account> touched() const;

private:
  struct entry {
    hash256 key; // the hash of the address
    account committed;
    account current;
    bool listed = false; // in edited_
  };

  [[nodiscard]] alys::result<entry*> open(const address&);

  trie trie_;
  std::unordered_map<address, entry> accounts_;
  std::vector<address> edited_;
};

} // namespace alys::domain
