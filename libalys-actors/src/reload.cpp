// SPDX-License-Identifier: Apache-2.0
//
// A reload as the system runs it: find what is new, ask all whom it concerns, and tell them what was decided.
#include "nursery.hpp"
#include "reload_round.hpp"
#include "system_impl.hpp"
#include "time_limit.hpp"

namespace alys {

std::string_view to_string(reload_outcome outcome) noexcept {
  switch (outcome) {
    case reload_outcome::applied: return "applied";
    case reload_outcome::unchanged: return "unchanged";
    case reload_outcome::refused: return "refused";
    case reload_outcome::timed_out: return "timed out";
    case reload_outcome::not_now: return "not now";
  }
  return "unknown";
}

std::string to_string(const reload_report& report) {
  std::string text = "version " + std::to_string(report.version);
  switch (report.outcome) {
    case reload_outcome::applied: text += " applied:"; break;
    case reload_outcome::unchanged: return text + " stays: nothing is new";
    case reload_outcome::refused:
    case reload_outcome::timed_out:
    case reload_outcome::not_now: return text + " stays (" + std::string{to_string(report.outcome)} + ")\n" + to_string(report.problems);
  }
  for (const std::string& path : report.changed) text += " " + path;
  return text;
}

namespace detail {

namespace {

// A slot may have two policies: as a supervisor, and as a child of one.
constexpr const char* own_policy = " (supervisor)";
constexpr const char* policy_as_child = " (child)";

// Who has not said whether it can take what is new, and what it was at.
[[nodiscard]] problem_list silent(const std::set<std::string>& paths, const tree_node& tree, std::chrono::milliseconds within) {
  problem_list problems;
  for (const std::string& path : paths) {
    std::string text = "did not answer within " + std::to_string(within.count()) + " ms";
    if (const tree_node* node = find(tree, path); node != nullptr && !node->handling.empty()) text += ", busy with " + node->handling;
    problems.push_back({path, std::move(text)});
  }
  return problems;
}

} // namespace

reload_report system_impl::reload(const supervisor_spec& next, const reload_options& options) {
  const auto begun = world_->shared.now();
  reload_report report =
      inside() || world_->threads->on_pool_thread() ? not_now("an actor must not wait for a reload") : reload_in_turn(next, options);
  report.took = world_->shared.now() - begun;
  note_reload(report);
  return report;
}

reload_report system_impl::not_now(std::string why) const {
  reload_report report;
  report.outcome = reload_outcome::not_now;
  report.problems.push_back({world_->root->path(), std::move(why)});
  return report;
}

reload_report system_impl::reload_in_turn(const supervisor_spec& next, const reload_options& options) {
  const std::unique_lock one_at_a_time(reloading_, std::try_to_lock);
  if (!one_at_a_time) return not_now("another reload runs");
  if (!world_->shared.accepts_from_outside() || world_->watch->check(&root_watch::ended)) return not_now("the tree is ending");
  reload_report report;
  declared_tree wanted = declared_by(next);
  tree_change found = difference(declared_, wanted);
  report.problems = next.check();
  report.problems.insert(report.problems.end(), found.problems.begin(), found.problems.end());
  if (options.prepare_within <= std::chrono::milliseconds::zero()) report.problems.push_back({"prepare_within", "must be more than 0"});
  for (const slot_change& c : found.slots) report.changed.push_back(c.path);
  if (!report.problems.empty()) report.outcome = reload_outcome::refused;
  else if (!found.slots.empty()) commit(found.slots, options.prepare_within, report);
  if (report.outcome != reload_outcome::applied) return report;
  for (auto& [path, slot] : wanted) slot.children = declared_.at(path).children; // those of the running tree
  declared_ = std::move(wanted);
  return report;
}

void system_impl::commit(const std::vector<slot_change>& changes, std::chrono::milliseconds within, reload_report& report) {
  const auto until = world_->shared.now() + bounded(within);
  std::set<std::string> asked;
  for (const slot_change& c : changes) {
    if (c.config) asked.insert(c.path);
  }
  const auto preparing = std::make_shared<reload_round>(asked);
  order_all(changes, reload_step::prepare, preparing, preparing);
  await(*preparing, until);
  if (!preparing->close()) {
    order_all(changes, reload_step::abandon, preparing, preparing);
    report.problems = preparing->refusals();
    report.outcome = report.problems.empty() ? reload_outcome::timed_out : reload_outcome::refused;
    if (report.problems.empty()) report.problems = silent(preparing->silent(), tree(), within);
    return;
  }
  const auto applying = std::make_shared<reload_round>([&] {
    std::set<std::string> all = asked;
    for (const slot_change& c : changes) {
      if (c.policy && c.next.how) all.insert(c.path + own_policy);
      if (c.policy && c.next.options) all.insert(c.path + policy_as_child);
    }
    return all;
  }());
  order_all(changes, reload_step::apply, preparing, applying);
  for (const slot_change& c : changes) {
    if (c.policy) change_policy(c, applying);
  }
  await(*applying, until); // so that whoever looks now sees it; it is decided anyway
  report.outcome = reload_outcome::applied;
}

void system_impl::await(const reload_round& round, std::chrono::nanoseconds until) const {
  if (!world_->threads->work_until([&] { return round.decided(); }, until)) round.wait_for(until - world_->shared.now());
}

void system_impl::order_all(const std::vector<slot_change>& changes, reload_step step, const std::shared_ptr<reload_round>& preparing,
                            const std::shared_ptr<reload_round>& answering) const {
  for (const slot_change& c : changes) {
    if (!c.config) continue;
    std::shared_ptr<const void> next = c.next.config;
    if (c.next.hosted) next = c.next.hosted;
    auto order = std::make_unique<reload_order>(step, preparing, answering, c.path, std::move(next));
    if (const auto slot = world_->shared.paths().find(c.path)) slot->post(std::move(order));
  }
}

void system_impl::change_policy(const slot_change& c, const std::shared_ptr<reload_round>& applying) const {
  const auto post = [&](const std::string& path, envelope_ptr order) {
    if (const auto slot = world_->shared.paths().find(path)) slot->post(std::move(order));
  };
  if (c.next.how) {
    auto order = std::make_unique<policy_order>(applying, c.path + own_policy);
    order->how = c.next.how;
    post(c.path, std::move(order));
  }
  if (!c.next.options) return; // the root has nobody above it
  const auto last = c.path.rfind('/');
  auto order = std::make_unique<policy_order>(applying, c.path + policy_as_child);
  order->child = c.path.substr(last + 1);
  order->options = c.next.options;
  order->born = declared_.at(c.path).children;
  if (order->born) order->born->set_options(c.next.options);
  post(c.path.substr(0, last), std::move(order));
}

void system_impl::note_reload(reload_report& report) {
  {
    const std::lock_guard guard(reload_status_mutex_);
    if (report.outcome == reload_outcome::applied) ++reload_status_.version, ++reload_status_.applied;
    else if (report.outcome != reload_outcome::unchanged) ++reload_status_.refused;
    report.version = reload_status_.version;
    reload_status_.last = report;
  }
  world_->shared.reloaded(report);
}

reload_status system_impl::reloads() const {
  const std::lock_guard guard(reload_status_mutex_);
  return reload_status_;
}

} // namespace detail
} // namespace alys
