// SPDX-License-Identifier: Apache-2.0
//
// Backups that a node makes of itself: what one is, how it may be called, why there is none. Whoever asks names a folder and never a path, so that
// a caller of JSON-RPC writes nowhere but in the folder that the operator has set aside.
//
// ```cpp
// inline bool is_good(const std::string& name) { return alys::domain::check_backup_name(name).has_value(); }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/chain/block.hpp>

#include <cstdint>
#include <string>

namespace alys::domain {

struct made_backup {
  std::string folder; // where it is
  block_ref head;     // of the chain in it
  std::uint64_t bytes = 0;
};

enum class backup_refusal : std::uint8_t {
  none,
  not_configured, // the node has no folder for backups
  bad_name,
  in_work,     // one is being made
  goes_on,     // it takes longer than the caller may wait
  not_made,    // the copy failed, and nothing is left of it: a folder of that name, no room, no permission
  interrupted, // the node stops
};
ALYS_ERRORS(backup_refusal, not_configured, bad_name, in_work, goes_on, not_made, interrupted)

// A name for a folder: 1 to 64 letters of ASCII, digits, dots, hyphens and underscores, a letter or digit first, and not with ".unfinished" at its
// end, which is what a copy is called while it is made. Refuses with bad_name.
[[nodiscard]] result<void> check_backup_name(const std::string& name);

// "2026-11-23T10-15-00Z", for whoever gives none.
[[nodiscard]] std::string backup_name_at(unix_milliseconds time);

} // namespace alys::domain
