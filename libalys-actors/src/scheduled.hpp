// SPDX-License-Identifier: Apache-2.0
//
// A thing that is run when something was put into its queues, and by one thread at a time: the common half of cells and supervisors.
//
// One word, the token, says whether the owner sleeps, is queued or running, or has ended. Whoever turns it from asleep to awake puts the
// owner into the run queue, exactly once. The owner falls asleep first and looks into its queues again afterwards: a message that came
// between is seen by one of the two sides, since all four accesses are sequentially consistent.
#pragma once

#include "envelope_list.hpp"
#include "executor.hpp"

#include <alys/actors/detail/process.hpp>

#include <alys/actors/tree.hpp>

#include <limits>

namespace alys::detail {

class runtime;

// What somebody who only looks can tell of a slot's work.
struct work_sample {
  bool busy = false;
  std::uint64_t step = 0;                        // changes with every turn
  std::string_view (*name)() noexcept = nullptr; // what it is at
  std::chrono::nanoseconds limit{};              // of one turn; 0: the usual one
  // Filled in for slots that are expected to make progress.
  std::chrono::nanoseconds stalled_after{};
  bool running = false;
  std::size_t queued = 0;
};

enum class run_result : std::uint8_t { asleep, more, ended };

class scheduled : public process {
public:
  // Begins to run: before this, what is sent waits.
  void attach(runtime& world, std::uint32_t slot, std::unique_ptr<executor> host);
  // Will never run: its place in the tree is free again.
  void attach_ended(runtime& world) noexcept;
  // Names its place in the tree; before attach, while nobody else looks.
  void set_path(std::string path) { path_ = std::move(path); }

  // Puts a control envelope into the queue. False if this has ended; the envelope is gone then.
  bool post(envelope_ptr control) noexcept;
  // From the clock: the time asked for has come.
  void time_reached() noexcept;
  // Handles up to `most` data messages, and the control ones up to a share that nobody can keep a thread with. Called by the framework
  // below, one thread at a time.
  [[nodiscard]] run_result run(std::size_t most) noexcept;

  [[nodiscard]] admission push_from_outside(data_ptr& message) noexcept override;
  [[nodiscard]] const std::string& path() const noexcept override { return path_; }
  [[nodiscard]] bool has_ended() const noexcept override { return token_.load(std::memory_order_acquire) == token::ended; }
  // The last part of the path.
  [[nodiscard]] std::string_view own_name() const noexcept { return std::string_view{path_}.substr(path_.rfind('/') + 1); }
  [[nodiscard]] std::uint32_t slot() const noexcept { return slot_; }
  // What runs this; null before attach. Any thread.
  [[nodiscard]] const executor* host() const noexcept { return attached() ? host_.get() : nullptr; }
  // An instant's view for people, from any thread; never waits for the owner.
  virtual void describe(tree_node& into) const = 0;
  // When its newest life stopped running; `now` if that is yet to come. Any thread.
  [[nodiscard]] virtual std::chrono::nanoseconds up_until(std::chrono::nanoseconds now) const noexcept = 0;
  // What is not of an actor type, in words: "a supervisor", "caf actor"; only asked of what has no type().
  [[nodiscard]] virtual std::string holds() const { return {}; }
  // A plain CAF sender sent what nobody here handles.
  void refuse_foreign() noexcept;
  // Nothing queued, nothing awaited, nothing in hand.
  [[nodiscard]] virtual bool idle() const noexcept = 0;
  // Any thread; never waits for the owner.
  [[nodiscard]] virtual work_sample sample() const noexcept { return {}; }
  // The watchdog's findings, and whoever describes this.
  void mark_stuck(bool is) noexcept { stuck_.store(is, std::memory_order_relaxed); }
  void mark_stalled(bool is) noexcept { stalled_.store(is, std::memory_order_relaxed); }
  [[nodiscard]] bool stuck() const noexcept { return stuck_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool stalled() const noexcept { return stalled_.load(std::memory_order_relaxed); }
  // How often it began to work; two looks that find it idle at the same number saw one rest.
  [[nodiscard]] virtual std::uint64_t batches() const noexcept { return batches_.load(std::memory_order_acquire); }

protected:
  explicit scheduled(std::string path) : path_(std::move(path)) {}

  virtual void on_control(envelope_ptr control) noexcept = 0;
  virtual void on_time(std::chrono::nanoseconds now) noexcept = 0;
  // Handles one data message; false if there is none that may be handled.
  virtual bool on_data() noexcept { return false; }
  // Owner only: whether data messages may be handled now.
  [[nodiscard]] virtual bool takes_data() const noexcept { return false; }
  // Whether data messages came in that were not taken out of the shared queues; from any thread.
  [[nodiscard]] virtual bool data_waits() const noexcept { return false; }
  // Counts a message that was turned away before it came to push.
  virtual void count_turned_away() noexcept {}
  // Once for each time that the owner is run: before its first message and after its last.
  virtual void on_batch_begin() noexcept {}
  virtual void on_batch_end() noexcept {}

  // Whether this thread is in the middle of running some slot.
  [[nodiscard]] static bool being_run() noexcept;
  // Owner only: another turn begins, of a kind that no counter of messages tells.
  void count_turn() noexcept { batches_.store(batches_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

  void wake() noexcept;
  // Asks for on_time at `when`, unless it will come earlier anyway.
  void wake_at(std::chrono::nanoseconds when);
  // Ends this: what is still in the control queue goes to `rest`, and nothing comes in any more. Its place in the tree is free.
  void end(const error& reason, envelope_list& rest) noexcept;
  [[nodiscard]] runtime& world() const noexcept { return *world_; }
  [[nodiscard]] bool attached() const noexcept { return token_.load(std::memory_order_acquire) != token::unattached; }

private:
  enum class token : std::uint8_t { unattached, asleep, awake, ended };
  void begin_batch() noexcept;
  [[nodiscard]] std::size_t handle_control() noexcept;
  [[nodiscard]] bool work_waits(bool data_counts) const noexcept {
    return !control_.empty() || time_reached_.load(std::memory_order_seq_cst) || (data_counts && data_waits());
  }

  std::atomic<token> token_{token::unattached};
  std::atomic<bool> time_reached_{false};
  std::atomic<bool> stuck_{false};
  std::atomic<bool> stalled_{false};
  std::atomic<std::uint64_t> batches_{0};
  envelope_stack control_;
  envelope_list control_batch_;
  std::chrono::nanoseconds wakes_at_ = std::chrono::nanoseconds::max();
  std::shared_ptr<runtime> world_; // also after the end: handles outlive it
  std::unique_ptr<executor> host_;
  std::string path_;
  std::uint32_t slot_ = 0;
};

} // namespace alys::detail
