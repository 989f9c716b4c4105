// SPDX-License-Identifier: Apache-2.0
//
// What all slots of one tree share: the clock, the registry, dead letters, observers and the log. Knows no framework: time and threads
// come from a backend.
#pragma once

#include "backend.hpp"
#include "quarantine.hpp"

#include <alys/actors/observer.hpp>
#include <alys/actors/rate_limit.hpp>

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace alys::detail {

class tracing;

// Paths and what lives there. Holding a path keeps nobody alive but the memory of the slot.
class registry {
public:
  // False if the path is taken.
  [[nodiscard]] bool insert(std::shared_ptr<scheduled> what);
  void erase(const std::string& path);
  [[nodiscard]] std::shared_ptr<scheduled> find(const std::string& path) const;
  // The path of a slot, also of one that has ended lately; empty if unknown.
  [[nodiscard]] std::string path_of(std::uint32_t slot) const;
  [[nodiscard]] std::uint32_t new_slot(scheduled& what);
  // All that have not ended, in no order; `look` must be quick, and must not come back here.
  void for_each(const std::function<void(scheduled&)>& look) const;
  [[nodiscard]] std::size_t running() const;
  // The slot has ended; its path is remembered for a while.
  void retire(std::uint32_t slot);
  // Comes back when all slots have ended.
  void wait_until_all_ended() const;

private:
  // Slots by their own paths, which stay as they are: a copy of each would be a good part of an idle actor's memory.
  struct path_hash {
    using is_transparent = void;
    [[nodiscard]] std::size_t operator()(std::string_view path) const noexcept { return std::hash<std::string_view>{}(path); }
    [[nodiscard]] std::size_t operator()(const std::shared_ptr<scheduled>& s) const noexcept { return (*this)(s->path()); }
  };
  struct path_equal {
    using is_transparent = void;
    [[nodiscard]] static std::string_view path(std::string_view p) noexcept { return p; }
    [[nodiscard]] static std::string_view path(const std::shared_ptr<scheduled>& s) noexcept { return s->path(); }
    [[nodiscard]] bool operator()(const auto& a, const auto& b) const noexcept { return path(a) == path(b); }
  };

  mutable std::mutex mutex_; // looked up from any thread, by people and not by messages
  std::unordered_set<std::shared_ptr<scheduled>, path_hash, path_equal> by_path_;
  std::unordered_map<std::uint32_t, scheduled*> slots_;       // that have not ended
  std::deque<std::pair<std::uint32_t, std::string>> retired_; // the longest ago first
  mutable std::condition_variable all_ended_;
  std::uint32_t last_slot_ = 0;
};

// Outlives the system for as long as somebody holds a handle; the backend does not.
class runtime : public std::enable_shared_from_this<runtime> {
public:
  runtime(backend& threads, log_sink log, std::vector<std::shared_ptr<observer>> observers, std::chrono::nanoseconds health_period,
          std::uint64_t seed, std::shared_ptr<tracing> traced);

  [[nodiscard]] std::chrono::nanoseconds now() const noexcept { return backend_.now(); }
  [[nodiscard]] backend& threads() const noexcept { return backend_; }
  [[nodiscard]] registry& paths() noexcept { return registry_; }
  [[nodiscard]] const registry& paths() const noexcept { return registry_; }
  [[nodiscard]] std::chrono::nanoseconds health_period() const noexcept { return health_period_; }
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  // Null if nothing is traced.
  [[nodiscard]] const std::shared_ptr<tracing>& traced() const noexcept { return traced_; }

  // Gives a slot its number and begins to run it.
  void attach(const std::shared_ptr<scheduled>& what, std::unique_ptr<executor> by);

  void lifecycle_changed(const std::string& path, const lifecycle_event& step) noexcept;
  void failure_decided(const failure& what, action then) noexcept;
  void breaker_changed(const std::string& path, breaker_state to) noexcept;
  void reloaded(const reload_report& report) noexcept;
  void dead_letter_made(dead_letter_cause cause, std::string_view message, const message_header& header,
                        const std::string& receiver) noexcept;
  [[nodiscard]] std::uint64_t dead_letters(dead_letter_cause cause) const noexcept;
  void message_quarantined(const quarantined_message& what) noexcept;
  [[nodiscard]] quarantine& in_quarantine() noexcept { return quarantine_; }
  [[nodiscard]] const quarantine& in_quarantine() const noexcept { return quarantine_; }
  void handler_overran(const overrun& what) noexcept;
  // `busy`: who was found at work when the pool was not, in words.
  void liveness_changed(bool alive, const std::string& busy) noexcept;
  void shutdown_entered(shutdown_phase phase) noexcept;
  void log(log_level level, std::string_view line) const noexcept;

  // The backend is about to go: what happens from now on happens to handles that outlive their system.
  void close() noexcept;

  // While false, what comes from outside the tree is turned away.
  [[nodiscard]] bool accepts_from_outside() const noexcept { return accepting_.load(std::memory_order_relaxed); }
  void stop_accepting() noexcept { accepting_.store(false, std::memory_order_relaxed); }

private:
  template <class Tell>
  void tell_observers(Tell tell) const noexcept;
  // Whether a dead letter gets a line in the log: then, how many before it did not.
  [[nodiscard]] std::optional<std::uint64_t> admit_dead_letter_line() noexcept;

  backend& backend_;
  registry registry_;
  log_sink log_;
  std::vector<std::shared_ptr<observer>> observers_;
  std::chrono::nanoseconds health_period_;
  std::uint64_t seed_;
  const std::shared_ptr<tracing> traced_;
  std::array<std::atomic<std::uint64_t>, all_dead_letter_causes.size()> dead_letters_{};
  std::mutex dead_letter_log_mutex_;
  rate_limit dead_letter_log_{10, std::chrono::seconds{1}};
  quarantine quarantine_{*this};
  bool closed_ = false; // with the mutex above: who logs a dead letter asks the backend for the time
  std::atomic<bool> accepting_{true};
};

} // namespace alys::detail
