// SPDX-License-Identifier: Apache-2.0
//
// Birth and dismissal of dynamic children.
#include "nursery.hpp"

#include "cell.hpp"
#include "supervisor.hpp"
#include "turn.hpp"

#include <alys/actors/start_check.hpp>

namespace alys::detail {

namespace {
[[nodiscard]] error not_running() {
  return {error_kind::undelivered, errc::not_running, category::unknown, std::nullopt, "the tree of this factory does not run"};
}
} // namespace

void nursery::open(const std::shared_ptr<scheduled>& supervisor, runtime& world) {
  const std::lock_guard guard(mutex_);
  supervisor_ = supervisor;
  world_ = world.shared_from_this();
}

std::shared_ptr<scheduled> nursery::supervisor() const {
  const std::lock_guard guard(mutex_);
  return supervisor_.lock();
}

void nursery::child_left(const tree_node& last_seen) {
  const std::lock_guard guard(mutex_);
  ++departed_.ended;
  departed_.restarts += last_seen.restarts;
  departed_.messages += last_seen.messages;
}

std::string nursery::name_of(std::string_view suffix) const {
  std::string name = pattern_;
  if (const auto hole = name.find("{}"); hole != std::string::npos) name.replace(hole, 2, suffix);
  return name;
}

result<process_ptr> nursery::start(std::string_view suffix, blueprint&& plan) {
  const auto parent = supervisor();
  if (!parent || (current_turn() == nullptr && !world_->accepts_from_outside())) return not_running();
  const std::string name = name_of(suffix);
  if (!valid_child_name(name)) return refuse(errc::out_of_range, parent->path() + ": " + invalid_child_name(name));
  if (alive_.fetch_add(1, std::memory_order_relaxed) >= at_most_) {
    child_gone();
    return refuse(errc::out_of_range, parent->path() + ": at most " + std::to_string(at_most_) + " children of '" + pattern_ + "'");
  }
  const std::string path = parent->path() + "/" + name;
  for (const auto& change : changes_) change(plan, path);
  auto born = std::make_shared<cell>(std::make_shared<const blueprint>(std::move(plan)), path);
  if (!world_->paths().insert(born)) {
    child_gone();
    return refuse(errc::already_exists, path);
  }
  auto order = std::make_unique<adoption>(child_declared{.options = shared_options(), .process = born, .nursery = shared_from_this()});
  if (!parent->post(std::move(order))) {
    world_->paths().erase(path);
    child_gone();
    return not_running();
  }
  return process_ptr{std::move(born)};
}

result<void> nursery::stop(const process_ptr& child) {
  const auto parent = supervisor();
  if (!parent || !parent->post(std::make_unique<dismissal>(child, shared_from_this()))) return not_running();
  return {};
}

result<process_ptr> start_child(nursery& where, std::string_view suffix, blueprint&& plan) { return where.start(suffix, std::move(plan)); }
result<void> stop_child(nursery& where, const process_ptr& child) { return where.stop(child); }
std::shared_ptr<const child_options> options_of(const nursery& where) { return where.shared_options(); }

} // namespace alys::detail
