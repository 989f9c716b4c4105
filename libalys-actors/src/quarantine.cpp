// SPDX-License-Identifier: Apache-2.0
//
// Into quarantine and out of it.
#include "quarantine.hpp"

#include "runtime.hpp"

#include <algorithm>

namespace alys {

std::string to_string(const quarantined_message& q) {
  return std::to_string(q.id) + ": " + q.message + q.text + " for " + q.receiver + " killed " + std::to_string(q.killed) +
         " incarnations in a row (last " + std::to_string(q.last_incarnation) + "): " + q.last_error.message();
}

} // namespace alys

namespace alys::detail {

namespace {

[[nodiscard]] error no_such(std::uint64_t id) { return refuse(errc::no_such_message, std::to_string(id) + " is not in quarantine"); }

} // namespace

void quarantine::add(quarantine_entry entry) noexcept {
  auto added = std::make_unique<quarantine_entry>(std::move(entry));
  std::vector<std::unique_ptr<quarantine_entry>> displaced;
  quarantined_message shown;
  added->counts->held.fetch_add(1, std::memory_order_relaxed);
  {
    const std::lock_guard guard(mutex_);
    shown = added->shown;
    shown.id = added->shown.id = ++last_id_;
    bytes_ += shown.bytes;
    entries_.push_back(std::move(added));
    while (bytes_ > limit_) {
      bytes_ -= entries_.front()->shown.bytes;
      displaced.push_back(std::move(entries_.front()));
      entries_.pop_front();
    }
  }
  world_.message_quarantined(shown);
  for (const auto& gone : displaced) lose(*gone, false);
}

void quarantine::lose(const quarantine_entry& gone, bool discarded) const noexcept {
  gone.counts->held.fetch_sub(1, std::memory_order_relaxed);
  gone.counts->lost.fetch_add(1, std::memory_order_relaxed);
  world_.dead_letter_made(discarded ? dead_letter_cause::discarded : dead_letter_cause::quarantine_full, gone.message->type->name(),
                          gone.message->header, gone.shown.receiver);
}

std::vector<quarantined_message> quarantine::list() const {
  std::vector<quarantined_message> all;
  const std::lock_guard guard(mutex_);
  all.reserve(entries_.size());
  for (const auto& e : entries_) all.push_back(e->shown);
  return all;
}

std::unique_ptr<quarantine_entry> quarantine::take(std::uint64_t id) {
  const std::lock_guard guard(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [id](const auto& e) { return e->shown.id == id; });
  if (found == entries_.end()) return nullptr;
  auto taken = std::move(*found);
  entries_.erase(found);
  bytes_ -= taken->shown.bytes;
  return taken;
}

void quarantine::put_back(std::unique_ptr<quarantine_entry> entry) {
  const std::lock_guard guard(mutex_);
  bytes_ += entry->shown.bytes; // it was there a moment ago: the bound is kept by the next that comes
  const auto place = std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e->shown.id > entry->shown.id; });
  entries_.insert(place, std::move(entry));
}

result<void> quarantine::replay(std::uint64_t id) {
  auto entry = take(id);
  if (!entry) return no_such(id);
  const auto receiver = entry->receiver.lock();
  const admission got = receiver ? receiver->readmit(entry->message) : admission::stopped;
  if (got == admission::queued) {
    entry->counts->held.fetch_sub(1, std::memory_order_relaxed);
    return {};
  }
  const errc code = got == admission::stopped ? errc::stopped : got == admission::breaker_open ? errc::breaker_open : errc::mailbox_full;
  error why = refuse(code, entry->shown.receiver);
#ifndef ALYS_PLANTED_LOST_REPLAY
  put_back(std::move(entry));
#endif
  return why;
}

result<void> quarantine::discard(std::uint64_t id) {
  const auto entry = take(id);
  if (!entry) return no_such(id);
  lose(*entry, true);
  return {};
}

} // namespace alys::detail
