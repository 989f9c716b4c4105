// SPDX-License-Identifier: Apache-2.0
//
// The messages of a tree that were set aside because they kill their receivers. Bounded in bytes: the oldest makes room.
//
// Entered by a slot's owner, read and emptied by people: so there is a mutex, which no message of a healthy actor ever meets.
#pragma once

#include <alys/actors/detail/process.hpp>
#include <alys/actors/redelivery.hpp>

#include <atomic>
#include <deque>
#include <mutex>
#include <vector>

namespace alys::detail {

class runtime;

// What a slot shares with the quarantine: how many of its messages are there, and how many will never come back.
struct quarantine_counts {
  std::atomic<std::uint64_t> held{0};
  std::atomic<std::uint64_t> lost{0};
};

struct quarantine_entry {
  quarantined_message shown;
  data_ptr message;
  std::weak_ptr<process> receiver; // its memory must not wait for people
  std::shared_ptr<quarantine_counts> counts;
};

class quarantine {
public:
  explicit quarantine(runtime& world) noexcept : world_(world) {}
  // Before the tree runs.
  void set_limit(std::size_t bytes) noexcept { limit_ = bytes; }

  // What is displaced, or does not fit, becomes a dead letter.
  void add(quarantine_entry entry) noexcept;
  [[nodiscard]] std::vector<quarantined_message> list() const;
  // Back into the mailbox, once. Refused by the mailbox it stays here.
  [[nodiscard]] result<void> replay(std::uint64_t id);
  [[nodiscard]] result<void> discard(std::uint64_t id);

private:
  // Null if there is none.
  [[nodiscard]] std::unique_ptr<quarantine_entry> take(std::uint64_t id);
  void put_back(std::unique_ptr<quarantine_entry> entry);
  void lose(const quarantine_entry& entry, bool discarded) const noexcept;

  runtime& world_;
  std::size_t limit_ = 0;
  mutable std::mutex mutex_;
  std::deque<std::unique_ptr<quarantine_entry>> entries_; // by id
  std::size_t bytes_ = 0;
  std::uint64_t last_id_ = 0;
};

} // namespace alys::detail
