// SPDX-License-Identifier: Apache-2.0
//
// Files are copied before anything opens them: opening a store changes it, and a backup is to stay what it is.
#include <alys/domain/storage/store_restore.hpp>

#include "../posix/file_descriptor.hpp"
#include "new_folder.hpp"
#include "past_slots.hpp"
#include "record_reader.hpp"

#include <fcntl.h>
#include <sys/file.h>

namespace alys::domain {
namespace {

namespace fs = std::filesystem;

// A folder that a node works on changes while it is read.
[[nodiscard]] result<void> require_unused(const fs::path& backup) {
  const file_descriptor file{::open((backup / "lock").c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.is_open() && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return fail(store_error::in_use, backup.string() + " is in use by another process");
  return {};
}

[[nodiscard]] result<void> copy_file(disk& files, const fs::path& from, const fs::path& to) {
  std::error_code problem;
  fs::copy_file(from, to, problem);
  if (problem) return error_of(leveldb::Status::IOError(to.string(), problem.message()));
  if (const auto status = files.sync_file(to.string()); !status.ok()) return error_of(status);
  return {};
}

// LevelDB's log for people and its lock are not part of a store.
[[nodiscard]] result<void> copy_files(disk& files, const fs::path& from, const fs::path& to) {
  std::error_code problem;
  fs::create_directory(to / "chain", problem);
  for (fs::directory_iterator each{from / "chain", problem}, end; !problem && each != end; each.increment(problem)) {
    const fs::path name = each->path().filename();
    if (name == "LOCK" || name == "LOG" || name == "LOG.old") continue;
    if (auto copied = copy_file(files, each->path(), to / "chain" / name); !copied) return copied;
  }
  if (problem) return fail(store_error::unreadable, from.string() + ": there is no store: " + problem.message());
  return copy_file(files, from / "commits", to / "commits");
}

[[nodiscard]] result<void> forbid_slots_until(leveldb_store& store, const chain_progress& progress, unix_milliseconds now) {
  const auto head = store.block_by_id(progress.head.id);
  if (!head) return head.error();
  const auto vote = lock_until(progress.vote, (*head)->block.header, now);
  if (vote == progress.vote) return {};
  return store.store_vote(*vote);
}

[[nodiscard]] result<void> require_chain(const leveldb_store& store, const chain_progress& progress, const chain_test& belongs) {
  if (!belongs) return {};
  const auto genesis = store.block_by_id(progress.genesis);
  if (!genesis) return genesis.error();
  const auto head = store.block_by_id(progress.head.id);
  if (!head) return head.error();
  return belongs((*genesis)->block, (*head)->block);
}

[[nodiscard]] result<restored_store> check_copy(const fs::path& folder, unix_milliseconds now, const chain_test& belongs) {
  const auto store = leveldb_store::open(folder);
  if (!store) return store.error();
  const auto found = (*store)->check();
  if (!found) return found.error();
  auto progress = (*store)->progress();
  if (!progress) return progress.error();
  if (*progress) {
    if (auto same = require_chain(**store, **progress, belongs); !same) return same.error();
    if (auto done = forbid_slots_until(**store, **progress, now); !done) return done.error();
    progress = (*store)->progress();
    if (!progress) return progress.error();
  }
  return restored_store{*found, *std::move(progress)};
}

} // namespace

result<restored_store> restore_store(const fs::path& backup, const fs::path& folder, unix_milliseconds now, const chain_test& belongs) {
  if (auto unused = require_unused(backup); !unused) return unused.error();
  auto place = new_folder::begin(folder);
  if (!place) return place.error();
  disk files;
  if (auto copied = copy_files(files, backup, place->path()); !copied) return copied.error();
  auto restored = check_copy(place->path(), now, belongs);
  if (!restored) return restored;
  if (auto done = place->finish(files); !done) return done.error();
  return restored;
}

} // namespace alys::domain
