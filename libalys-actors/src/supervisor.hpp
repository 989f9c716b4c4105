// SPDX-License-Identifier: Apache-2.0
//
// The supervisor: starts its children in order, decides about their failures, and takes them down in reverse order. It handles control
// messages only, and is to its own supervisor what a cell is: the same commands, the same reports.
//
// What is to happen is written down as wishes (this child must come down, that one must run, not before then), and reconcile() takes
// the next steps towards them, whatever happened last. So a failure in the middle of a group restart, a shutdown in the middle of a
// start, and all other crossings go through one function. It looks at those children only that wait for a step, so that an immediate
// restart among ten thousand children does not depend on the others; when a deadline or a backoff ends, it looks at all.
#pragma once

#include "life_record.hpp"
#include "protocol.hpp"
#include "scheduled.hpp"
#include "spec.hpp"

#include <alys/actors/random.hpp>

#include <array>
#include <set>

namespace alys::detail {

// Adds a child at run time.
struct adoption final : envelope {
  explicit adoption(child_declared&& c) : envelope(envelope_kind::adoption), child(std::move(c)) {}
  child_declared child;
};

// Stops a child that came at run time for good.
struct dismissal final : envelope {
  dismissal(process_ptr c, std::shared_ptr<detail::nursery> n)
      : envelope(envelope_kind::dismissal), child(std::move(c)), nursery(std::move(n)) {}
  process_ptr child;
  std::shared_ptr<detail::nursery> nursery; // where it was born; anybody else's child stays
};

// A slot and what will run it.
struct hosted {
  std::shared_ptr<scheduled> what;
  std::unique_ptr<executor> by;
};

// Told of children that did not come down in time.
class stop_witness {
public:
  virtual ~stop_witness() = default;
  virtual void child_abandoned(const std::string& path, const tree_node& view) noexcept = 0;
};

class supervisor final : public scheduled, public report_sink {
public:
  // The witness outlives the tree.
  supervisor(std::shared_ptr<const supervisor_declared> plan, std::string path, stop_witness& witness);

  // As cell::set_supervisor.
  void set_supervisor(std::shared_ptr<report_sink> parent, std::uint32_t number);
  // Adds a declared child; before attach.
  void add(child_declared&& child);
  void take_report(std::unique_ptr<report> r) noexcept override { post(std::move(r)); }
  // Finds somebody to run all that is below, and this after it.
  void find_hosts(backend& threads, std::vector<hosted>& found);

  [[nodiscard]] admission push(data_ptr&) noexcept override { return admission::stopped; }
  void bounce(data_ptr message, admission why) noexcept override;
  void deliver(reply_ptr) noexcept override {}
  [[nodiscard]] const actor_type* type() const noexcept override { return nullptr; }
  void describe(tree_node& into) const override;
  [[nodiscard]] bool idle() const noexcept override;
  [[nodiscard]] std::uint64_t batches() const noexcept override;

private:
  enum class mode : std::uint8_t { idle, starting, failed_start, running, escalated, halting, stopping };
  enum class phase : std::uint8_t { down, starting, up, failed, halting, ending, stuck, gone };
  static constexpr std::size_t phases = 8;
  enum class step : std::uint8_t { none, down, starting, up };

  struct child {
    child_declared plan;
    std::uint32_t number = 0;
    phase at = phase::down;
    step waits_for = step::none; // where it is filed
    bool wanted = false;         // must run
    bool cycling = false;        // must come down before it runs again
    bool condemned = false;      // must end for good
    bool alone = false;          // comes down for itself: its siblings' order does not matter
    bool came_up = false;        // since this supervisor began to start
    bool dynamic = false;
    bool warned = false; // its hook was told to give up
    bool hangs = false;  // and did not
    std::uint32_t incarnation = 0;
    std::chrono::nanoseconds not_before{};
    std::chrono::nanoseconds deadline = std::chrono::nanoseconds::max();
    restart_counters counters;
    std::atomic<std::uint64_t> restarts{0};
    std::atomic<bool> lost{false}; // stopped after a failure, although it should run
  };
  using children = std::vector<std::unique_ptr<child>>; // by number
  struct by_number {
    [[nodiscard]] bool operator()(const child* a, const child* b) const noexcept { return a->number < b->number; }
  };
  using waiting = std::set<child*, by_number>;

  void on_control(envelope_ptr control) noexcept override;
  void on_time(std::chrono::nanoseconds now) noexcept override;
  void on_batch_begin() noexcept override { busy_since_.store(world().now(), std::memory_order_relaxed); }
  void on_batch_end() noexcept override { busy_since_.store(std::chrono::nanoseconds{-1}, std::memory_order_relaxed); }
  void obey(const command& order);
  void heed(report& r);
  void adopt(child_declared&& plan);
  void turn_away(const child_declared& born);
  void dismiss(const dismissal& d);

  void hurry(std::chrono::nanoseconds stop_by);
  void begin_start();
  void failed(child& c, error what, failure_source source);
  void fail_start(error why);
  void decide_about(child& c, const error& what, failure_source source);
  void restart(child& c, const error& why);
  void escalate(child& c, const error& why);
  void ended_by_itself(child& c);
  void came_down(child& c);
  void condemn(child& c);
  [[nodiscard]] bool in_group(const child& c, const child& failed_one) const;

  // reconcile (supervisor_reconcile.cpp)
  void reconcile();
  void move(child& c, phase to);
  // After every change of a child's phase or wishes: puts it among those that wait for a step, or takes it out.
  void file(child& c);
  [[nodiscard]] waiting* list_of(step s) noexcept;
  void set_deadline(child& c, std::chrono::nanoseconds at);
  [[nodiscard]] bool take_down_next();
  [[nodiscard]] bool in_turn(const child& c) const noexcept;
  [[nodiscard]] bool waits_for_sibling(const child& c) const;
  void take_down(child& c);
  void bring_down(child& c, phase through, command_kind by);
  void start_next();
  void start(child& c);
  void settle();
  void terminate();
  void check_deadlines(std::chrono::nanoseconds now);
  [[nodiscard]] static bool says_so_soon(const child& c, const tree_node& seen) noexcept;
  void deadline_passed(child& c, std::chrono::nanoseconds now);
  void arm();
  void bury_the_gone();

  [[nodiscard]] std::chrono::nanoseconds now() const noexcept { return world().now(); }
  [[nodiscard]] children::iterator place_of(std::uint32_t number) noexcept;
  [[nodiscard]] std::size_t count(phase p) const noexcept { return counts_[static_cast<std::size_t>(p)]; }
  void order(child& c, command_kind kind) noexcept;
  void tell(report_kind kind, error cause = {}) noexcept;
  void advance(lifecycle_state to, const error& cause = {}) noexcept { life_.advance(world(), path(), to, now(), cause); }
  [[nodiscard]] std::chrono::nanoseconds stop_deadline_of(const child& c) const;

  std::shared_ptr<const supervisor_declared> plan_;
  std::shared_ptr<report_sink> parent_;
  stop_witness& witness_;
  std::uint32_t number_ = 0;
  std::uint32_t last_number_ = 0;
  mode mode_ = mode::idle;
  bool begun_ = false;
  bool in_order_ = false; // start one after another, each up before the next
  bool reconciling_ = false;
  error start_failure_;
  restart_window window_; // with children_mutex_
  splitmix64 random_;
  std::chrono::nanoseconds stop_by_ = std::chrono::nanoseconds::max();
  std::chrono::nanoseconds next_health_check_ = std::chrono::nanoseconds::max();
  std::chrono::nanoseconds next_look_ = std::chrono::nanoseconds::max(); // no deadline or delay of a child ends before

  std::atomic<std::chrono::nanoseconds> busy_since_{std::chrono::nanoseconds{-1}}; // users' predicates and observers may hold it up
  std::atomic<bool> deciding_{false};
  life_record life_;
  mutable std::mutex children_mutex_; // the list changes rarely, and is looked at from other threads
  children children_;
  std::array<std::size_t, phases> counts_{}; // of children_, by phase
  waiting falling_;                          // come down, or must
  waiting starting_;                         // of the others
  waiting rising_;                           // are down, and must run
  std::vector<std::uint32_t> leaving_;       // their numbers: gone, and leave the tree
};

} // namespace alys::detail
