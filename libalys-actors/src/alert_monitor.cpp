// SPDX-License-Identifier: Apache-2.0
#include "alert_monitor.hpp"

#include <alys/actors/fault.hpp>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <limits>
#include <thread>

namespace alys::detail {

// ---- one sink ----

struct alert_outbox::shared {
  std::shared_ptr<alert_sink> sink;
  std::size_t most = 0;
  bool at_once = false;
  log_sink log;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<alert> queue;
  bool over = false;
  bool ended = false;
  std::atomic<std::uint64_t> delivered{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::uint64_t> dropped{0};

  void deliver(const alert& what) noexcept {
    error problem;
    try {
      if (const auto taken = sink->deliver(what); !taken) problem = taken.error();
    } catch (...) {
      problem = from_exception(std::current_exception());
    }
    (problem ? failed : delivered).fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard guard(mutex);
    if (problem && log && !over)
      log(log_level::warning, "an alert was not delivered: " + problem.message() + "; it was: " + to_string(what));
  }

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return over || !queue.empty(); });
      if (queue.empty()) break;
      const alert next = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      deliver(next);
      lock.lock();
    }
    ended = true;
    changed.notify_all();
  }
};

alert_outbox::alert_outbox(std::shared_ptr<alert_sink> to, std::size_t most_queued, bool at_once, log_sink log)
    : shared_(std::make_shared<shared>()) {
  shared_->sink = std::move(to);
  shared_->most = most_queued;
  shared_->at_once = at_once;
  shared_->log = std::move(log);
  if (!at_once) std::thread([s = shared_] { s->run(); }).detach();
}

// What waits gets a moment to go out. After that the sink may take as long as it likes, without us.
alert_outbox::~alert_outbox() {
  if (shared_->at_once) return;
  constexpr std::chrono::milliseconds moment{500};
  std::unique_lock lock(shared_->mutex);
  shared_->over = true;
  shared_->changed.notify_all();
  if (shared_->changed.wait_for(lock, moment, [&] { return shared_->ended; })) return;
  shared_->dropped.fetch_add(shared_->queue.size(), std::memory_order_relaxed);
  shared_->queue.clear();
}

void alert_outbox::put(const alert& what) {
  if (shared_->at_once) return shared_->deliver(what);
  const std::lock_guard guard(shared_->mutex);
  if (shared_->queue.size() >= shared_->most) {
    shared_->dropped.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  shared_->queue.push_back(what);
  shared_->changed.notify_all();
}

alert_counts alert_outbox::counts() const noexcept {
  const auto read = [](const auto& n) { return n.load(std::memory_order_relaxed); };
  return {read(shared_->delivered), read(shared_->failed), read(shared_->dropped)};
}

// ---- the rules ----

alert_monitor::alert_monitor(alert_options options, bool at_once, log_sink log)
    : options_(std::move(options)), liveness_{.name = "liveness", .measure = {}, .limits = {.critical = 1}}, log_(std::move(log)) {
  for (const auto& sink : options_.sinks) outboxes_.push_back(std::make_unique<alert_outbox>(sink, options_.queue, at_once, log_));
}

bool alert_monitor::due(std::chrono::nanoseconds now) noexcept {
  if (now < next_) return false;
  next_ = now + options_.period;
  return true;
}

void alert_monitor::look(const tree_node& root, bool alive, std::chrono::nanoseconds now) {
  ++looks_;
  if (!options_.rules.empty()) look_at(root, now);
  const std::size_t last = options_.rules.size();
  const auto found = latches_.try_emplace({last, root.path}, latches{{liveness_.limits.warning, 0, 1}, {1, 0, 1}}).first;
  found->second.seen_at = looks_;
  look_at(found->second, liveness_, root.path, alive ? 0.0 : 1.0, alive ? "the pool works" : "no thread of the pool is free", now);
  for (auto i = latches_.begin(); i != latches_.end();) { // who has left the tree is in no trouble
    auto& [where, l] = *i;
    const bool gone = l.seen_at != looks_;
    if (gone) look_at(l, options_.rules[where.first], where.second, -std::numeric_limits<double>::infinity(), "left the tree", now);
    i = gone && !l.warning.raised() && !l.critical.raised() ? latches_.erase(i) : std::next(i);
  }
}

void alert_monitor::look_at(const tree_node& node, std::chrono::nanoseconds now) {
  for (std::size_t i = 0; i < options_.rules.size(); ++i) {
    const alert_rule& rule = options_.rules[i];
    const bool meant = rule.under.empty() || node.path == rule.under || node.path.rfind(rule.under + "/", 0) == 0;
    if (!meant || node.state == lifecycle_state::terminated) continue;
    const double value = measured(i, node);
    auto found = latches_.find({i, node.path});
    if (found == latches_.end()) {
      if (!(value >= std::min(rule.limits.warning, rule.limits.critical))) continue; // nothing to remember of it
      const auto latch = [&](double at) { return alert_latch{at, rule.limits.hysteresis, rule.limits.looks}; };
      found = latches_.emplace(place{i, node.path}, latches{latch(rule.limits.warning), latch(rule.limits.critical)}).first;
    }
    found->second.seen_at = looks_;
    look_at(found->second, rule, node.path, value, node.health.why, now);
  }
  for (const tree_node& child : node.children) look_at(child, now);
}

// What a rule throws is said once, and is no number.
double alert_monitor::measured(std::size_t rule, const tree_node& node) {
  try {
    return options_.rules[rule].measure(node);
  } catch (...) {
    const error why = from_exception(std::current_exception());
    if (log_ && failed_.insert(rule).second)
      log_(log_level::error, "the alert \"" + options_.rules[rule].name + "\" cannot be measured at " + node.path + ": " + why.message());
    return std::numeric_limits<double>::quiet_NaN();
  }
}

void alert_monitor::look_at(latches& l, const alert_rule& rule, const std::string& path, double value, const std::string& why,
                            std::chrono::nanoseconds now) {
  change(l.warning, {rule.name, path, alert_level::warning, true, value, rule.limits.warning, why, now}, value);
  change(l.critical, {rule.name, path, alert_level::critical, true, value, rule.limits.critical, why, now}, value);
}

void alert_monitor::change(alert_latch& latch, alert what, double value) {
  if (!std::isfinite(what.threshold)) return; // never
  const auto changed = latch.look(value);
  if (changed == alert_latch::change::none) return;
  what.raised = changed == alert_latch::change::raised;
  {
    const std::lock_guard guard(mutex_);
    if (what.raised) raised_.push_back(what);
    else std::erase_if(raised_, [&](const alert& a) { return a.name == what.name && a.path == what.path && a.level == what.level; });
  }
  for (const auto& o : outboxes_) o->put(what);
}

std::vector<alert> alert_monitor::raised() const {
  const std::lock_guard guard(mutex_);
  return raised_;
}

alert_counts alert_monitor::counts() const noexcept {
  alert_counts sum;
  for (const auto& o : outboxes_) {
    const alert_counts c = o->counts();
    sum.delivered += c.delivered;
    sum.failed += c.failed;
    sum.dropped += c.dropped;
  }
  return sum;
}

} // namespace alys::detail
