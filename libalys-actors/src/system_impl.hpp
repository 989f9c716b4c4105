// SPDX-License-Identifier: Apache-2.0
//
// What stands behind alys::system: the shared world, the root, and whoever waits for either.
#pragma once

#include "alert_monitor.hpp"
#include "backend.hpp"
#include "declared.hpp"
#include "runtime.hpp"
#include "shutdown_planner.hpp"
#include "supervisor.hpp"
#include "watchdog.hpp"

#include <alys/actors/system.hpp>

#include <condition_variable>

namespace alys::detail {

// Hears the root's reports, and of children that were left behind.
class root_watch final : public report_sink, public stop_witness {
  template <class Look>
  [[nodiscard]] auto locked(Look look) const {
    const std::lock_guard guard(mutex_);
    return look();
  }

public:
  explicit root_watch(runtime& world) noexcept : world_(world) {}
  void set_root(const std::shared_ptr<scheduled>& root) { root_ = root; }

  void take_report(std::unique_ptr<report> r) noexcept override;
  void child_abandoned(const std::string& path, const tree_node& view) noexcept override;

  // One of the two conditions below.
  using condition = bool (root_watch::*)() const;
  [[nodiscard]] bool check(condition what) const;
  // Waits for it, at most `most`.
  [[nodiscard]] bool wait(condition what, std::chrono::nanoseconds most) const;
  [[nodiscard]] bool decided() const { return started_ || failure_ || ended_; }
  [[nodiscard]] bool ended() const { return ended_; }

  [[nodiscard]] bool started() const {
    return locked([&] { return started_; });
  }
  [[nodiscard]] error failure() const {
    return locked([&] { return failure_; });
  }
  [[nodiscard]] std::vector<blocker> abandoned() const {
    return locked([&] { return abandoned_; });
  }
  [[nodiscard]] end_reason reason() const {
    return locked([&] { return ended_ ? reason_ : end_reason::none; });
  }
  void asked_to_end() {
    const std::lock_guard guard(mutex_);
    if (reason_ == end_reason::none) reason_ = end_reason::shut_down;
  }

private:
  void root_failed(const error& cause) noexcept;

  runtime& world_;
  std::weak_ptr<scheduled> root_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool started_ = false;
  bool ended_ = false;
  error failure_;
  end_reason reason_ = end_reason::none;
  std::vector<blocker> abandoned_;
};

// All that a thread of the tree may touch.
struct system_world {
  system_world(std::unique_ptr<backend> b, system_options options);
  ~system_world();
  std::unique_ptr<backend> threads;
  const std::shared_ptr<runtime> shared_by_all; // handles keep it when all this has gone
  runtime& shared;
  std::shared_ptr<root_watch> watch;
  std::shared_ptr<supervisor> root;
  ending end;
  std::unique_ptr<watchdog> guard; // null: there is none
  std::unique_ptr<alert_monitor> alarms;
  std::unique_ptr<ticker> guarding; // last: goes first
};

// Waits for it, at most `most`, and does the tree's work meanwhile where nobody else does.
[[nodiscard]] bool await_tree(system_world& world, root_watch::condition what, std::chrono::nanoseconds most);

// Lets one shutdown run at a time. Not a timed mutex: the thread sanitizer of g++ 12 does not know how that is locked.
struct shutdown_queue {
  std::mutex mutex;
  std::condition_variable free;
  bool taken = false;
};

// A turn in that queue, or none if it did not come within `most`.
class shutdown_turn {
public:
  shutdown_turn(shutdown_queue& queue, std::chrono::nanoseconds most) : queue_(queue) {
    std::unique_lock lock(queue_.mutex);
    mine_ = queue_.free.wait_for(lock, most, [&] { return !queue_.taken; });
    if (mine_) queue_.taken = true;
  }
  ~shutdown_turn() {
    if (!mine_) return;
    {
      const std::lock_guard guard(queue_.mutex);
      queue_.taken = false;
    }
    queue_.free.notify_one();
  }
  shutdown_turn(const shutdown_turn&) = delete;
  shutdown_turn& operator=(const shutdown_turn&) = delete;
  [[nodiscard]] explicit operator bool() const noexcept { return mine_; }

private:
  shutdown_queue& queue_;
  bool mine_ = false;
};

class system_impl {
public:
  // Builds; the declaration has been checked.
  system_impl(supervisor_spec spec, std::unique_ptr<backend> threads, system_options options);
  ~system_impl();
  // Starts the tree and waits until it is up. Throws start_error.
  void start();

  [[nodiscard]] reply_ptr wait_for_reply(process& to, data_ptr message, std::chrono::nanoseconds deadline);
  [[nodiscard]] tree_node tree() const;
  [[nodiscard]] const std::vector<std::string>& ask_edges() const noexcept { return ask_edges_; }
  [[nodiscard]] shutdown_report shutdown(const shutdown_options& options);
  [[nodiscard]] end_reason wait_for(std::chrono::nanoseconds most) const;
  // reload.cpp
  [[nodiscard]] reload_report reload(const supervisor_spec& next, const reload_options& options);
  [[nodiscard]] reload_status reloads() const;
  [[nodiscard]] system_world& world() const noexcept { return *world_; }

private:
  void look();
  // Whether the caller is the tree itself, whose end it cannot wait for.
  [[nodiscard]] bool inside() const noexcept;

  [[nodiscard]] reload_report not_now(std::string why) const;
  [[nodiscard]] reload_report reload_in_turn(const supervisor_spec& next, const reload_options& options);
  void commit(const std::vector<slot_change>& changes, std::chrono::milliseconds within, reload_report& report);
  void await(const reload_round& round, std::chrono::nanoseconds until) const;
  void order_all(const std::vector<slot_change>& changes, reload_step step, const std::shared_ptr<reload_round>& preparing,
                 const std::shared_ptr<reload_round>& answering) const;
  void change_policy(const slot_change& c, const std::shared_ptr<reload_round>& applying) const;
  void note_reload(reload_report& report);

  std::unique_ptr<system_world> world_;
  declared_tree declared_; // with reloading_
  std::mutex reloading_;   // held for a whole reload
  mutable std::mutex reload_status_mutex_;
  reload_status reload_status_;
  std::vector<std::string> ask_edges_;
  shutdown_queue shutdowns_; // two threads may ask for the end, each with its deadline
  std::optional<shutdown_report> report_;
};

// For the testkit: a system over a backend of its own choice; null: the default one.
struct system_access {
  [[nodiscard]] static system start(supervisor_spec root, system_options options, std::unique_ptr<backend> threads);
  [[nodiscard]] static system_impl& impl(system& s) { return s.impl(); }
};

} // namespace alys::detail
