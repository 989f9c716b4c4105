// SPDX-License-Identifier: Apache-2.0
#include "shutdown_planner.hpp"

#include "system_impl.hpp"
#include "time_limit.hpp"

#include <algorithm>
#include <thread>

namespace alys {

std::string_view to_string(shutdown_phase phase) noexcept {
  switch (phase) {
    case shutdown_phase::stop_accepting: return "stop accepting";
    case shutdown_phase::drain: return "drain";
    case shutdown_phase::stop_children: return "stop children";
    case shutdown_phase::close_resources: return "close resources";
  }
  return "unknown";
}

std::string to_string(const shutdown_report& report) {
  const auto in_milliseconds = [](std::chrono::nanoseconds t) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(t).count()) + " ms";
  };
  std::string text = (report.in_time ? "stopped in " : "not everything stopped after ") + in_milliseconds(report.took);
  for (const blocker& b : report.blockers) {
    text += "\n  " + b.path + " (" + std::string{to_string(b.phase)} + "): ";
    text += b.handling.empty() ? std::to_string(b.queued) + " messages queued" : "in " + b.handling + " for " + in_milliseconds(b.busy_for);
  }
  for (const resource_report& r : report.resources) {
    if (r.problem) text += "\n  " + r.name + (r.closed ? " (closed with a failure): " : " (not closed): ") + r.problem.message();
  }
  return text;
}

namespace detail {

namespace {

[[nodiscard]] std::string in_hand(const tree_node& node) { return node.awaiting.empty() ? node.handling : node.awaiting + ", which waits"; }

[[nodiscard]] blocker blocker_at(const tree_node& node, shutdown_phase phase) {
  return {node.path, phase, in_hand(node), node.busy_for, node.messages.queued};
}

} // namespace

// ---- what is to be closed ----

result<void> ending::add(resource r) {
  if (r.name.empty() || !r.close) return refuse(errc::out_of_range, "a resource needs a name and a function that closes it");
  if (r.within <= r.within.zero()) return refuse(errc::out_of_range, "resource \"" + r.name + "\": within must be more than 0");
  const std::lock_guard guard(mutex_);
  if (begun_) return refuse(errc::stopped, "resource \"" + r.name + "\": the end has begun");
  resources_.push_back(std::move(r));
  return {};
}

std::vector<resource> ending::take() {
  const std::lock_guard guard(mutex_);
  begun_ = true;
  std::reverse(resources_.begin(), resources_.end());
  return std::exchange(resources_, {});
}

void ending::enter(std::optional<shutdown_phase> phase, std::chrono::nanoseconds now) {
  const std::lock_guard guard(mutex_);
  phase_ = phase;
  since_ = now;
}

shutdown_progress ending::progress(std::chrono::nanoseconds now) const {
  const std::lock_guard guard(mutex_);
  return {phase_, phase_ ? now - since_ : std::chrono::nanoseconds::zero(), 0};
}

// ---- phases ----

shutdown_planner::shutdown_planner(system_world& world, const shutdown_options& options)
    : world_(world), options_(options), resources_(world.end.take()), begun_(now()) {
  const auto most = bounded(options.deadline);
  deadline_ = begun_ + most;
  close_by_ = deadline_ - (resources_.empty() ? std::chrono::nanoseconds::zero() : std::min(bounded(options.close), most / 4));
  // The last part of the time is for saying what happened.
  stop_by_ = close_by_ - std::min<std::chrono::nanoseconds>(most / 4, std::chrono::milliseconds{250});
}

std::chrono::nanoseconds shutdown_planner::now() const noexcept { return world_.shared.now(); }

template <class Work>
void shutdown_planner::in_phase(shutdown_phase phase, Work work) {
  const auto entered = now();
  world_.end.enter(phase, entered);
  world_.shared.shutdown_entered(phase);
  report_.phases.push_back({phase, {}, true});
  work();
  report_.phases.back().took = now() - entered;
}

shutdown_report shutdown_planner::run() {
  in_phase(shutdown_phase::stop_accepting, [&] { world_.shared.stop_accepting(); });
  const bool runs = !world_.watch->check(&root_watch::ended) && world_.watch->started();
  if (runs) in_phase(shutdown_phase::drain, [&] { drain(); });
  in_phase(shutdown_phase::stop_children, [&] { stop_children(); });
  in_phase(shutdown_phase::close_resources, [&] { close_resources(); });
  world_.end.enter(std::nullopt, now());
  report_.took = now() - begun_;
  return std::move(report_);
}

void shutdown_planner::set_going(system_world& world, std::chrono::nanoseconds stop_by) {
  world.shared.stop_accepting();
  world.watch->asked_to_end();
  world.root->post(std::make_unique<command>(command_kind::stop, 0, stop_by));
}

// A message may be handed from a slot not looked at yet to one that was idle when looked at, so one look is not enough.
bool shutdown_planner::at_rest() const noexcept {
  const auto before = world_.root->batches();
  return world_.root->idle() && world_.root->idle() && world_.root->batches() == before;
}

void shutdown_planner::drain() {
  const auto until = std::min(begun_ + bounded(options_.drain), stop_by_);
  const auto rests = [&] { return at_rest(); };
  if (!world_.threads->work_until(rests, until)) {
    // No event says that all are idle: so a look now and then, unless the tree ends by itself.
    while (!rests() && now() < until && !world_.watch->wait(&root_watch::ended, std::chrono::milliseconds{1})) {}
  }
  if (rests()) return;
  report_.phases.back().in_time = false;
  const auto note = [&](const auto& again, const tree_node& node) -> void {
    if (!node.supervisor && (node.messages.queued > 0 || !in_hand(node).empty()))
      report_.blockers.push_back(blocker_at(node, shutdown_phase::drain));
    for (const tree_node& child : node.children) again(again, child);
  };
  tree_node root;
  world_.root->describe(root);
  note(note, root);
}

void shutdown_planner::stop_children() {
  const auto entered = now();
  const auto most = std::min(bounded(options_.stop), stop_by_ - entered); // compared as spans: virtual time may be near its end
  set_going(world_, entered + most);
  report_.in_time = await_tree(world_, &root_watch::ended, most + (close_by_ - stop_by_));
  if (!report_.in_time) note_unfinished();
  for (const blocker& b : world_.watch->abandoned()) {
    report_.in_time = false;
    report_.blockers.push_back(b);
  }
  report_.phases.back().in_time = report_.in_time;
}

// Who holds the others up: what is busy, or in the middle of its end. If nothing is, whoever has not ended.
void shutdown_planner::note_unfinished() {
  const auto note = [&](const auto& again, const tree_node& node, bool all) -> void {
    const bool blocks = !node.handling.empty() || (!node.supervisor && (all || node.state == lifecycle_state::stopping));
    if (node.state != lifecycle_state::terminated && blocks) report_.blockers.push_back(blocker_at(node, shutdown_phase::stop_children));
    for (const tree_node& child : node.children) again(again, child, all);
  };
  tree_node root;
  world_.root->describe(root);
  const std::size_t noted = report_.blockers.size();
  note(note, root, false);
  if (report_.blockers.size() == noted && world_.watch->abandoned().empty()) note(note, root, true);
}

// ---- resources ----

namespace {

// Shared with the thread that closes, which may never come back.
struct closing {
  std::mutex mutex;
  std::condition_variable done;
  bool is_done = false;
  error problem;
};

void run_close(const std::function<result<void>()>& close, closing& c) {
  error problem;
  try {
    if (const auto closed = close(); !closed) problem = closed.error();
  } catch (...) {
    problem = from_exception(std::current_exception());
  }
  const std::lock_guard guard(c.mutex);
  c.problem = std::move(problem);
  c.is_done = true;
  c.done.notify_all();
}

} // namespace

void shutdown_planner::close_resources() {
  const bool all_ended = report_.in_time;
  const auto until = std::min(now() + bounded(options_.close), deadline_);
  for (const resource& r : resources_) {
    if (all_ended || r.even_if_left_behind) {
      close(r, until - now());
      continue;
    }
    report_.resources.push_back({r.name, false, fail(category::resource, "what was left behind may still use it")});
  }
  for (const resource_report& r : report_.resources) {
    if (!r.closed) report_.in_time = report_.phases.back().in_time = false;
    if (r.problem) world_.shared.log(log_level::error, "resource \"" + r.name + "\": " + r.problem.message());
  }
}

void shutdown_planner::close(const resource& r, std::chrono::nanoseconds most) {
  const auto not_closed = [&](error why) { report_.resources.push_back({r.name, false, std::move(why)}); };
  const auto shared = std::make_shared<closing>();
  const auto begun = now();
  const auto wait = std::min<std::chrono::nanoseconds>(most, r.within);
  if (wait <= wait.zero()) return not_closed(fail(errc::deadline, category::timeout, "no time was left for it"));
  if (world_.threads->virtual_time()) {
    run_close(r.close, *shared);
  } else {
    try {
      std::thread([close = r.close, shared] { run_close(close, *shared); }).detach();
    } catch (const std::system_error& e) {
      return not_closed(fail(category::resource, std::string{"no thread to close it on: "} + e.what()));
    }
  }
  std::unique_lock lock(shared->mutex);
  if (shared->done.wait_for(lock, wait, [&] { return shared->is_done; })) {
    report_.resources.push_back({r.name, true, shared->problem});
    return;
  }
  report_.blockers.push_back({r.name, shutdown_phase::close_resources, "its close", now() - begun, 0});
  not_closed(fail(errc::deadline, category::timeout, "did not come back in time"));
}

} // namespace detail
} // namespace alys
