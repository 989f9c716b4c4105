// SPDX-License-Identifier: Apache-2.0
//
// One reload on its way: what its slots answer, and the orders that it gives them. Two phases, as in any commit of many: all prepare, and
// only when all have agreed does anybody apply.
#pragma once

#include <alys/actors/detail/actor_type.hpp>
#include <alys/actors/problem.hpp>

#include <condition_variable>
#include <mutex>
#include <set>

namespace alys {
struct child_options;
}

namespace alys::detail {

// Collects the answers to prepare. Any thread.
class reload_round {
public:
  explicit reload_round(std::set<std::string> asked) : missing_(std::move(asked)) {}

  // One slot's answer; no error: it agrees. What it says after the first time counts for nothing.
  void answer(const std::string& path, const error& refusal) noexcept {
    const std::lock_guard guard(mutex_);
    if (missing_.erase(path) == 0) return;
    if (refusal) problems_.push_back({path, refusal.message()});
    if (settled()) settled_.notify_all();
  }
  // All have answered, or one has refused.
  [[nodiscard]] bool decided() const {
    const std::lock_guard guard(mutex_);
    return settled();
  }
  void wait_for(std::chrono::nanoseconds most) const {
    std::unique_lock lock(mutex_);
    (void)settled_.wait_for(lock, most, [&] { return settled(); });
  }
  // Who has not prepared by now need not. True if all have agreed.
  [[nodiscard]] bool close() {
    const std::lock_guard guard(mutex_);
    closed_ = true;
    return missing_.empty() && problems_.empty();
  }
  [[nodiscard]] bool closed() const noexcept {
    const std::lock_guard guard(mutex_);
    return closed_;
  }
  [[nodiscard]] problem_list refusals() const {
    const std::lock_guard guard(mutex_);
    return problems_;
  }
  [[nodiscard]] std::set<std::string> silent() const {
    const std::lock_guard guard(mutex_);
    return missing_;
  }

private:
  [[nodiscard]] bool settled() const noexcept { return missing_.empty() || !problems_.empty(); }

  mutable std::mutex mutex_; // between the slots and whoever waits for them
  mutable std::condition_variable settled_;
  std::set<std::string> missing_;
  problem_list problems_;
  bool closed_ = false;
};

// One answer to a round, given when this goes, if not before.
class reload_answer {
public:
  reload_answer(std::shared_ptr<reload_round> r, std::string p) noexcept : round_(std::move(r)), path_(std::move(p)) {}
  ~reload_answer() { give({}); }
  reload_answer(const reload_answer&) = delete;
  reload_answer& operator=(const reload_answer&) = delete;
  void give(const error& refusal) const noexcept { round_->answer(path_, refusal); }

private:
  const std::shared_ptr<reload_round> round_;
  const std::string path_;
};

enum class reload_step : std::uint8_t { prepare, apply, abandon };

// To a cell, about its configuration; to a foreign slot, about what it hosts. Who has ended has nothing against it.
struct reload_order final : envelope {
  reload_order(reload_step s, std::shared_ptr<reload_round> preparing, std::shared_ptr<reload_round> answering, std::string path,
               std::shared_ptr<const void> with)
      : envelope(envelope_kind::reload),
        step(s),
        round(std::move(preparing)),
        config(std::move(with)),
        answer(std::move(answering), std::move(path)) {}
  const reload_step step;
  const std::shared_ptr<reload_round> round; // of its prepare, also while it applies
  const std::shared_ptr<const void> config;
  const reload_answer answer;
};

// To a cell, about its options, which nobody is asked about.
struct options_order final : envelope {
  explicit options_order(std::shared_ptr<const child_options> with) noexcept : envelope(envelope_kind::options), options(std::move(with)) {}
  const std::shared_ptr<const child_options> options;
};

// What a cell knows of reloads; most cells never see one.
struct cell_reload {
  std::shared_ptr<const void> config;                 // of the next incarnation; null: the one of its declaration
  std::shared_ptr<const child_options> options;       // likewise
  std::shared_ptr<reload_round> round;                // that this cell has agreed to, and that is not decided
  std::unique_ptr<prepared_plan> plan;                // for that round ...
  std::uint32_t incarnation = 0;                      // ... made by this life
  std::vector<std::unique_ptr<reload_order>> waiting; // that came while a handler waited for something
  bool overdue = false; // the object in place began with an older configuration, and could not take this one yet
};

} // namespace alys::detail
