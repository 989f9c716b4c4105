// SPDX-License-Identifier: Apache-2.0
//
// Where dynamic children of one template are born: it names them, counts them, and hands them to their supervisor.
#pragma once

#include "spec.hpp"

#include <atomic>

namespace alys::detail {

class runtime;

class nursery : public std::enable_shared_from_this<nursery> {
public:
  nursery(std::string pattern, const actor_type& type, child_options options, std::size_t at_most)
      : pattern_(std::move(pattern)), type_(type), at_most_(at_most), options_(std::make_shared<const child_options>(std::move(options))) {
    departed_.pattern = pattern_;
  }

  // The tree begins to run. It ends with its supervisor.
  void open(const std::shared_ptr<scheduled>& supervisor, runtime& world);
  // Lets `change` put its hands on the plan of every child to be born, by its path, after those that were added before it; before open.
  void add_change(std::function<void(blueprint&, const std::string& path)> change) { changes_.push_back(std::move(change)); }
  // A child of this template has left the tree; what it did stays counted.
  void child_left(const tree_node& last_seen);
  [[nodiscard]] departed_children departed() const {
    const std::lock_guard guard(mutex_);
    return departed_;
  }
  void child_gone() noexcept { alive_.fetch_sub(1, std::memory_order_relaxed); }

  [[nodiscard]] result<process_ptr> start(std::string_view suffix, blueprint&& plan);
  [[nodiscard]] result<void> stop(const process_ptr& child);

  [[nodiscard]] const std::string& pattern() const noexcept { return pattern_; }
  [[nodiscard]] const actor_type& type() const noexcept { return type_; }
  // The name of the child with this part of its own.
  [[nodiscard]] std::string name_of(std::string_view suffix) const;
  [[nodiscard]] std::shared_ptr<const child_options> shared_options() const {
    const std::lock_guard guard(mutex_);
    return options_;
  }
  // Of those that will be born.
  void set_options(std::shared_ptr<const child_options> next) {
    const std::lock_guard guard(mutex_);
    options_ = std::move(next);
  }
  [[nodiscard]] std::size_t at_most() const noexcept { return at_most_; }

private:
  [[nodiscard]] std::shared_ptr<scheduled> supervisor() const;

  const std::string pattern_;
  const actor_type& type_;
  const std::size_t at_most_;
  std::vector<std::function<void(blueprint&, const std::string&)>> changes_;
  std::atomic<std::size_t> alive_{0};
  mutable std::mutex mutex_; // start and stop come from any thread, and the tree may end meanwhile
  std::shared_ptr<const child_options> options_;
  departed_children departed_;
  std::weak_ptr<scheduled> supervisor_;
  std::shared_ptr<runtime> world_;
};

} // namespace alys::detail
