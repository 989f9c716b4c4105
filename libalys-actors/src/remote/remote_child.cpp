// SPDX-License-Identifier: Apache-2.0
//
// Handles to slots on another node, and a child on another node as the guest of a foreign slot.
#include "../foreign_slot.hpp"
#include "../runtime.hpp"
#include "../spec.hpp"
#include "link.hpp"

#include <alys/actors/fault.hpp>

#include <typeindex>

namespace alys::detail {

namespace {

// What a handle leads to now.
struct remote_target {
  std::shared_ptr<link_core> through;
  std::string name; // empty while there is none
};

// A process that lives elsewhere: whatever is pushed goes over the link.
class remote_process : public process {
public:
  remote_process(remote_table table, const actor_type* type, std::string path) : table_(table), type_(type), path_(std::move(path)) {}

  [[nodiscard]] admission push(data_ptr& message) noexcept override {
    const remote_target to = target();
    for (const remote_entry& entry : table_) {
      if (entry.type == message->type) return to.through->push(to.name, path_, entry, message);
    }
    return admission::stopped; // handles accept only what is in the table
  }
  [[nodiscard]] admission push_from_outside(data_ptr& message) noexcept override { return push(message); }
  void bounce(data_ptr message, admission why) noexcept override { target().through->bounce(path_, std::move(message), why); }
  void deliver(reply_ptr) noexcept override {}
  [[nodiscard]] const std::string& path() const noexcept override { return path_; }
  [[nodiscard]] const actor_type* type() const noexcept override { return type_; }

private:
  [[nodiscard]] virtual remote_target target() const = 0;

  const remote_table table_;
  const actor_type* const type_;
  const std::string path_;
};

class published_process final : public remote_process {
public:
  published_process(std::shared_ptr<link_core> through, std::string published, remote_table table, const actor_type* type)
      : remote_process(table, type, through->options().name + "/" + published), target_{std::move(through), std::move(published)} {}

private:
  [[nodiscard]] remote_target target() const override { return target_; }
  const remote_target target_;
};

// Where a child lives now. Any thread.
class child_place {
public:
  explicit child_place(std::shared_ptr<link_core> through) : through_(std::move(through)) {}
  void move_in(std::shared_ptr<link_core> through, std::uint64_t life) {
    const std::lock_guard guard(mutex_);
    through_ = std::move(through);
    life_ = life;
  }
  void move_out(std::uint64_t life) {
    const std::lock_guard guard(mutex_);
    if (life_ == life) life_ = 0;
  }
  [[nodiscard]] remote_target target() const {
    const std::lock_guard guard(mutex_);
    return {through_, life_ != 0 ? "#" + std::to_string(life_) : std::string{}};
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<link_core> through_;
  std::uint64_t life_ = 0;
};
using child_place_ptr = std::shared_ptr<child_place>;

class child_process final : public remote_process {
public:
  child_process(child_place_ptr place, remote_table table, const actor_type* type, std::string path)
      : remote_process(table, type, std::move(path)), place_(std::move(place)) {}

private:
  [[nodiscard]] remote_target target() const override { return place_->target(); }
  const child_place_ptr place_;
};

// Where a child is started, and from what. With another config, offer or node it is another version, and starts anew.
struct remote_plan final : hosted_plan {
  remote_plan(std::shared_ptr<link_core> by, spawn_frame start, std::type_index actor) : through(std::move(by)), what(std::move(start)) {
    handle = actor;
    wire_writer all;
    all.text(through->address());
    all.number(through->options().port);
    all.text(what.offer);
    all.text(what.config);
    version = all.take();
  }
  const std::shared_ptr<link_core> through;
  const spawn_frame what;
};

// One life there, as its slot here hears of it.
class child_watch final : public remote_child_watch {
public:
  child_watch(news_line slot, child_place_ptr place, std::shared_ptr<link_core> through, std::uint64_t number)
      : slot_(std::move(slot)), place_(std::move(place)), through_(std::move(through)), number_(number) {}
  void spawned() noexcept override {
    up_.store(true);
    place_->move_in(through_, number_);
    slot_.started();
  }
  void ended(error why) noexcept override {
    place_->move_out(number_);
    if (up_.load() || told_to_end.load()) slot_.ended(told_to_end.load() ? error{} : std::move(why));
    else slot_.start_failed(why ? std::move(why) : fail(errc::stopped, category::unknown, "it ended while it started"));
  }
  std::atomic<bool> told_to_end{false};

private:
  const news_line slot_;
  const child_place_ptr place_;
  const std::shared_ptr<link_core> through_;
  const std::uint64_t number_;
  std::atomic<bool> up_{false};
};

class remote_guest final : public guest {
public:
  remote_guest(std::shared_ptr<const remote_plan> plan, child_place_ptr place) : plan_(std::move(plan)), place_(std::move(place)) {}
  ~remote_guest() override {
    if (through_) through_->stop_child(number_);
  }

  [[nodiscard]] std::shared_ptr<const hosted_plan> plan() const noexcept override { return plan_; }
  void take(std::shared_ptr<const hosted_plan> next) noexcept override {
    plan_ = std::static_pointer_cast<const remote_plan>(std::move(next));
  }
  [[nodiscard]] std::string type() const override { return "remote actor"; }
  [[nodiscard]] std::string_view starting() const noexcept override { return "the start on its node"; }
  [[nodiscard]] std::string_view ending() const noexcept override { return "the stop on its node"; }
  void start(runtime&, const news_line& slot) override {
    through_ = plan_->through;
    number_ = through_->new_child();
    watch_ = std::make_shared<child_watch>(slot, place_, through_, number_);
    through_->spawn_child(number_, plan_->what, watch_);
  }
  void give_up_start() noexcept override { kill(); }
  void stop() noexcept override {
    watch_->told_to_end.store(true);
    through_->stop_child(number_);
  }
  // Its node was told and says nothing: it is left to it, and ends there with the link at the latest.
  void kill() noexcept override {
    through_->stop_child(number_);
    through_->forget_child(number_);
    watch_->ended(fail(fault::operation_timeout, "node " + through_->options().name + " did not say in time that it has ended"));
  }
  void describe(tree_node& into) const override { into.type = "actor on node " + place_->target().through->options().name; }

private:
  std::shared_ptr<const remote_plan> plan_;
  const child_place_ptr place_;
  std::shared_ptr<link_core> through_; // of the life that is there
  std::uint64_t number_ = 0;
  std::shared_ptr<child_watch> watch_;
};

} // namespace

process_ptr remote_handle(const std::shared_ptr<link_core>& through, std::string target, remote_table table, const actor_type* type) {
  return std::make_shared<published_process>(through, std::move(target), table, type);
}

process_ptr add_remote_child(supervisor_spec& under, std::string name, const std::shared_ptr<link_core>& through,
                             remote_child_declared what, child_options options, problem_list found) {
  auto place = std::make_shared<child_place>(through);
  auto handle = std::make_shared<child_process>(place, what.table, what.type, name + " on node " + through->options().name);
  auto plan =
      std::make_shared<const remote_plan>(through, spawn_frame{0, std::move(what.offer), what.shape, std::move(what.config)}, what.actor);
  spec_access::add_foreign(under, std::move(name), std::make_unique<remote_guest>(std::move(plan), std::move(place)), std::move(options),
                           std::move(found));
  return handle;
}

} // namespace alys::detail
