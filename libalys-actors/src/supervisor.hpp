// SPDX-License-Identifier: Apache-2.0
//
// The supervisor: starts its children in order, decides about their failures, and takes them down in reverse order. It handles control
// messages only, and is to its own supervisor what a cell is: the same commands, the same reports.
//
// What is to happen is written down as wishes (this child must come down, that one must run, not before then), and reconcile() takes
// the next steps towards them, whatever happened last. So a failure in the middle of a group restart, a shutdown in the middle of a
// start, and all other crossings go through one function. It looks at those children only whose next step is due, and at those only whose
// time is over, so that what happens to one of ten thousand children does not depend on the others.
#pragma once

#include "life_record.hpp"
#include "protocol.hpp"
#include "reload_round.hpp"
#include "scheduled.hpp"
#include "spec.hpp"
#include "thrown.hpp"

#include <alys/actors/random.hpp>

#include <array>
#include <map>
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

// Other policies from now on: of the supervisor itself, or of a child, or of all that were born in a nursery.
struct policy_order final : envelope {
  policy_order(std::shared_ptr<reload_round> round, std::string key) noexcept
      : envelope(envelope_kind::policy), done(std::move(round), std::move(key)) {}
  std::shared_ptr<const supervisor_declared> how; // its own; null: those of ...
  std::string child;
  std::shared_ptr<detail::nursery> born;
  std::shared_ptr<const child_options> options;
  const reload_answer done;
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

// A child as its supervisor knows it.
struct child_view {
  child_declared declared;
  std::uint32_t number = 0;
  std::uint64_t restarts = 0;
  std::optional<breaker_view> breaker = {};
};

class supervisor final : public scheduled, public report_sink {
public:
  // The witness outlives the tree.
  supervisor(std::shared_ptr<const supervisor_declared> plan, std::string path, stop_witness& witness);

  // As cell::set_supervisor.
  void set_supervisor(std::shared_ptr<report_sink> parent, std::uint32_t number);
  // Where its dynamic children are born; before attach.
  void set_nurseries(std::vector<std::shared_ptr<detail::nursery>> all) { nurseries_ = std::move(all); }
  // Adds a declared child; before attach.
  void add(child_declared&& child);
  void take_report(std::unique_ptr<report> r) noexcept override { post(std::move(r)); }
  // Finds somebody to run all that is below, and this after it.
  void find_hosts(backend& threads, std::vector<hosted>& found);

  [[nodiscard]] admission push(data_ptr&) noexcept override { return admission::stopped; }
  void bounce(data_ptr message, admission why) noexcept override;
  void deliver(reply_ptr) noexcept override {}
  [[nodiscard]] const actor_type* type() const noexcept override { return nullptr; }
  [[nodiscard]] std::string holds() const override { return "a supervisor"; }
  void describe(tree_node& into) const override; // supervisor_view.cpp
  [[nodiscard]] std::chrono::nanoseconds up_until(std::chrono::nanoseconds now) const noexcept override { return life_.up_until(now); }
  // The same in parts, for who must not be busy with it for long, and nothing is held between them: this and who its children are; each
  // child, which is described by itself and then completed; and at last what follows from all of them, in the order in which they were seen.
  [[nodiscard]] std::vector<child_view> describe_self(tree_node& into) const;
  static void add_what_is_known(const child_view& view, tree_node& into);
  void conclude(const std::vector<child_view>& seen, tree_node& into) const;
  // The child of this name; none if there is none.
  [[nodiscard]] std::optional<child_view> view_of(std::string_view name) const;
  [[nodiscard]] bool idle() const noexcept override;
  [[nodiscard]] std::uint64_t batches() const noexcept override;
  [[nodiscard]] work_sample sample() const noexcept override;

private:
  enum class mode : std::uint8_t { idle, starting, failed_start, running, escalated, halting, stopping };
  enum class phase : std::uint8_t { down, starting, up, failed, halting, ending, stuck, gone };
  static constexpr std::size_t phases = 8;
  static constexpr std::chrono::nanoseconds never_again = std::chrono::nanoseconds::max();
  // How much a child that has ended is missed.
  enum class loss : std::uint8_t { none, missed, done_without };
  // Where a child is filed while it waits for a step of ours.
  enum class step : std::uint8_t { none, down_in_turn, down_alone, starting, up, up_after_sibling };
  static constexpr std::size_t steps = 6;

  struct guarded {
    circuit_breaker rule;
    breaker_pass pass; // for its next failure or probe
  };
  struct child {
    child_declared plan; // empty once it has left the tree
    std::uint32_t number = 0;
    std::uint32_t incarnation = 0;
    phase at = phase::down;
    step filed = step::none;
    bool wanted : 1 = false;    // must run
    bool cycling : 1 = false;   // must come down before it runs again
    bool condemned : 1 = false; // must end for good
    bool alone : 1 = false;     // comes down for itself: its siblings' order does not matter
    bool came_up : 1 = false;   // since this supervisor began to start
    bool dynamic : 1 = false;
    bool warned : 1 = false;               // its hook was told to give up
    bool hangs : 1 = false;                // and did not
    bool needed : 1 = false;               // siblings start after it
    std::atomic<loss> lost{loss::none};    // by its end
    std::chrono::nanoseconds not_before{}; // its next start; 0: at once
    std::chrono::nanoseconds alarm = never_again;
    restart_counters counters;
    std::atomic<std::uint64_t> restarts{0};
    std::unique_ptr<guarded> guard; // null without a breaker
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
  void note_needed(const std::string& name);
  void turn_away(const child_declared& born);
  void dismiss(const dismissal& d);
  void heed(const policy_order& order); // supervisor_reload.cpp
  void change_options(child& c, const std::shared_ptr<const child_options>& next);

  void hurry(std::chrono::nanoseconds stop_by);
  void begin_start();
  void failed(child& c, error what, failure_source source);
  void fail_start(error why);
  void renew(child& c);
  void ended_by_itself(child& c);
  void reported_its_end(child& c, const error& why);
  void note_start(child& c);
  void note_end(child& c);
  void came_down(child& c);
  void condemn(child& c);

  // Decisions (supervisor_decide.cpp).
  [[nodiscard]] failure about(const child& c, const error& what, failure_source source) const;
  template <class Ask>
  [[nodiscard]] action ask_users(const char* whom, Ask ask);
  void decide_about(child& c, const error& what, failure_source source);
  void act(child& c, const failure& f, action then);
  [[nodiscard]] action choose_company(const child& failed_one, const failure& f);
  [[nodiscard]] bool in_group(const child& c, const child& failed_one) const;
  void restart(child& c, const error& why);
  void restart_company(std::chrono::nanoseconds not_before);
  void cycle(child& c, std::chrono::nanoseconds not_before);
  void follow(const child& c);
  [[nodiscard]] bool spend(std::chrono::nanoseconds at);
  void reset_budgets();
  [[nodiscard]] error budget_exhausted(const child& c, bool own_budget, const error& why) const;
  void escalate(child& c, const error& why);
  void escalate_to_parent(child& c, const error& why);
  void restart_subtree(child& c, const error& why);
  void condemn_all();
  void end_for_good(child& c, loss lost);
  void end_by_itself(const error& why);
  [[nodiscard]] std::string policy_text() const;

  // Breakers (supervisor_breaker.cpp).
  static void guard(child& c);
  // Whether this failure opens its breaker.
  [[nodiscard]] bool breaker_opens(child& c, std::chrono::nanoseconds at);
  // How many handled messages its next incarnation is to report.
  [[nodiscard]] std::uint32_t begin_probing(child& c);
  void note_probe(child& c);
  // Whether it was not closed.
  static bool reset_breaker(child& c);
  // Until when its breaker is open; 0 if it is not.
  [[nodiscard]] static std::chrono::nanoseconds shut_until(const child& c) noexcept;
  [[nodiscard]] std::optional<breaker_view> view_breaker(const child& c) const;
  [[nodiscard]] child_view view_of(const child& c) const;

  // reconcile (supervisor_reconcile.cpp)
  void reconcile();
  void move(child& c, phase to);
  // After every change of a child's phase or wishes: puts it among those that wait for its next step, or takes it out.
  void file(child& c);
  void file_under(child& c, step s);
  [[nodiscard]] waiting& filed_under(step s) noexcept { return filed_[static_cast<std::size_t>(s)]; }
  [[nodiscard]] step next_step_of(const child& c) const noexcept;
  // One at a time: the end of a step, or of the wait for a start.
  void set_alarm(child& c, std::chrono::nanoseconds at);
  [[nodiscard]] bool take_down_next();
  [[nodiscard]] bool comes_down_alone(const child& c) const noexcept;
  [[nodiscard]] static bool on_its_way_down(const child& c) noexcept { return c.at == phase::halting || c.at == phase::ending; }
  [[nodiscard]] static bool needs_an_order(const child& c) noexcept {
    return !on_its_way_down(c) || (c.at == phase::halting && c.condemned);
  }
  [[nodiscard]] static bool is_waited_for(const child& c) noexcept { return c.wanted && !c.condemned && c.at != phase::up; }
  [[nodiscard]] bool waits_for_sibling(const child& c);
  void take_down(child& c);
  void bring_down(child& c, phase through, command_kind by);
  void start_next();
  void start(child& c);
  void settle();
  void terminate();
  void ring_alarms(std::chrono::nanoseconds now);
  [[nodiscard]] static bool says_so_soon(const child& c, const tree_node& seen) noexcept;
  void deadline_passed(child& c, std::chrono::nanoseconds now);
  void arm();
  void bury_the_gone();
  [[nodiscard]] bool has_to_halt() const noexcept;

  [[nodiscard]] std::chrono::nanoseconds now() const noexcept { return world().now(); }
  // Null if it has left the tree.
  [[nodiscard]] child* child_of(std::uint32_t number) const noexcept;
  [[nodiscard]] std::size_t count(phase p) const noexcept { return counts_[static_cast<std::size_t>(p)]; }
  void order(child& c, command_kind kind) noexcept;
  void tell(report_kind kind, error cause = {}) noexcept;
  void advance(lifecycle_state to, const error& cause = {}) noexcept { life_.advance(world(), path(), to, now(), cause); }
  [[nodiscard]] std::chrono::nanoseconds stop_deadline_of(const child& c) const;

  std::shared_ptr<const supervisor_declared> plan_; // changed with children_mutex_
  std::shared_ptr<report_sink> parent_;
  stop_witness& witness_;
  std::uint32_t number_ = 0;
  std::uint32_t last_number_ = 0;
  mode mode_ = mode::idle;
  bool begun_ = false;
  bool in_order_ = false; // start one after another, each up before the next
  bool reconciling_ = false;
  error start_failure_;
  error end_cause_;                                // of an end by itself
  std::size_t significant_left_ = 0;               // children
  std::vector<std::pair<child*, action>> company_; // of the one that failed: whom its restart concerns
  restart_window window_;                          // with children_mutex_
  restart_window subtree_restarts_;
  std::atomic<std::uint64_t> escalations_{0};
  splitmix64 random_;
  trace_context failing_;                          // of the failure that is being dealt with, if it is traced
  std::map<std::uint32_t, trace_context> follows_; // what the next start of a child, by its number, is the answer to; only what is traced
  bool rushed_ = false;                            // past the end of a stop's time: nobody waits for anybody
  bool sibling_is_up_ = false;                     // since it was last looked who waits for one
  std::chrono::nanoseconds stop_by_ = never_again;
  std::chrono::nanoseconds next_health_check_ = never_again;

  std::atomic<std::chrono::nanoseconds> busy_since_{std::chrono::nanoseconds{-1}}; // users' predicates and observers may hold it up
  std::atomic<bool> deciding_{false};
  life_record life_;
  std::vector<std::shared_ptr<detail::nursery>> nurseries_;
  mutable std::mutex children_mutex_; // the list changes rarely, and is looked at from other threads
  children children_;
  std::size_t buried_ = 0;                   // of children_: have left the tree, and are taken out when they are the most
  std::array<std::size_t, phases> counts_{}; // of children_, by phase
  std::array<waiting, steps> filed_;
  std::set<std::pair<std::chrono::nanoseconds, std::uint32_t>> alarms_; // whose end of time is when
  std::map<std::string, std::uint32_t, std::less<>> needed_;            // numbers of those that siblings start after
  std::vector<std::uint32_t> leaving_;                                  // gone, and about to leave the tree
};

} // namespace alys::detail
