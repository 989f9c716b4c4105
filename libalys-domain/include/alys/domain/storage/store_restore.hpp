// SPDX-License-Identifier: Apache-2.0
//
// From a backup to a data folder. An authority that goes on from a copy of yesterday must not sign again for the slots of today: a restored
// store remembers a vote in the slot of its restoring, so that nothing is signed for that slot or an earlier one.
//
// ```cpp
// inline alys::result<void> bring_back(const std::filesystem::path& backup, const std::filesystem::path& data, alys::domain::unix_milliseconds now) {
//   auto restored = alys::domain::restore_store(backup, data, now);
//   if (!restored) return restored.error();
//   return {};
// }
// ```
#pragma once

#include <alys/domain/storage/leveldb_store.hpp>

#include <functional>

namespace alys::domain {

// What was restored.
struct restored_store {
  store_summary found;
  std::optional<chain_progress> progress; // nothing: an empty store
};

// Whether a chain with this genesis and this head is the one that is meant, or why not.
using chain_test = std::function<result<void>(const block& genesis, const block& head)>;

// Copies the store in `backup`, which no process has open and which is not changed, to `folder`, which must not exist or be empty; checks all of
// it, and gives the folder its name at the end. `belongs`, if it is given, is asked about genesis and head before that, and may refuse. `now`: at least the time of whatever the store's authority signed last. Fails with occupied,
// in_use, unreadable, no_space, newer_schema or damaged. Takes as long as leveldb_store::check, and copies files before.
[[nodiscard]] result<restored_store> restore_store(const std::filesystem::path& backup, const std::filesystem::path& folder,
                                                   unix_milliseconds now, const chain_test& belongs = {});

} // namespace alys::domain
