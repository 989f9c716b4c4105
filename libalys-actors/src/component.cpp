// SPDX-License-Identifier: Apache-2.0
//
// Start, stop and health functions as something that a foreign slot hosts.
#include <alys/actors/component.hpp>

#include "foreign_slot.hpp"
#include "runtime.hpp"
#include "side_thread.hpp"
#include "spec.hpp"
#include "thrown.hpp"

namespace alys {

namespace detail {

namespace {

struct component_plan final : hosted_plan {
  explicit component_plan(component what) : code(std::move(what)) {
    handle = typeid(component);
    functions = {code.start.target_type(), code.stop.target_type(), code.health.target_type(), code.watch.target_type()};
    version = code.version;
  }
  component code;
};

// The way by which a component says that it has failed by itself. The slot listens from `started` on, so what is said before waits for that.
class own_exit {
public:
  explicit own_exit(const news_line& slot) : slot_(slot) {}
  void failed(error why) {
    if (!why) why = fail(errc::exited, category::unknown, "it ended by itself");
    const std::lock_guard guard(mutex_);
    if (open_) slot_.failed(std::move(why), failure_source::exit);
    else if (!early_) early_ = std::move(why);
  }
  void open() {
    const std::lock_guard guard(mutex_);
    open_ = true;
    if (early_) slot_.failed(std::move(*early_), failure_source::exit);
  }

private:
  const news_line slot_;
  std::mutex mutex_;
  bool open_ = false;
  std::optional<error> early_;
};

// What the threads of a component share. A life is over when nothing of it runs: neither stop() nor a question about its health.
class component_life {
public:
  explicit component_life(std::shared_ptr<const component_plan> plan) noexcept : plan_(std::move(plan)) {}

  // In the slot's turn, and the second between two lives.
  [[nodiscard]] const std::shared_ptr<const component_plan>& plan() const noexcept { return plan_; }
  void take(std::shared_ptr<const component_plan> next) noexcept { plan_ = std::move(next); }

  void start(const news_line& slot) {
    {
      const std::lock_guard guard(mutex_);
      stopped_ = false;
    }
    result<void> how;
    const auto exit = std::make_shared<own_exit>(slot);
    if (error thrown = error_thrown_by([&] {
          if (plan_->code.watch) plan_->code.watch([exit](error why) { exit->failed(std::move(why)); });
          how = plan_->code.start();
        }))
      return slot.start_failed(std::move(thrown));
    if (!how) return slot.start_failed(how.error());
    slot.started();
    exit->open();
  }

  void stop(const news_line& slot) {
    result<void> how;
    error thrown;
    if (plan_->code.stop) thrown = error_thrown_by([&] { how = plan_->code.stop(); });
    if (!thrown && !how) thrown = how.error();
    const std::lock_guard guard(mutex_);
    stopped_ = true;
    why_ = std::move(thrown);
    if (!asked_since_) slot.ended(std::move(why_));
  }

  // False if the question before has no answer yet: then `since` says since when.
  [[nodiscard]] bool may_ask(std::chrono::nanoseconds now, std::chrono::nanoseconds& since) {
    const std::lock_guard guard(mutex_);
    if (asked_since_) {
      since = *asked_since_;
      return false;
    }
    asked_since_ = now;
    return true;
  }

  void ask(const news_line& slot) {
    health_report found;
    error thrown = error_thrown_by([&] { found = plan_->code.health(); });
    if (thrown) slot.failed(std::move(thrown), failure_source::health);
    else slot.health(std::move(found));
    const std::lock_guard guard(mutex_);
    asked_since_.reset();
    if (stopped_) slot.ended(std::move(why_));
  }

  [[nodiscard]] bool has_health() const noexcept { return static_cast<bool>(plan_->code.health); }
  [[nodiscard]] std::optional<std::chrono::nanoseconds> asked_since() const {
    const std::lock_guard guard(mutex_);
    return asked_since_;
  }

private:
  std::shared_ptr<const component_plan> plan_; // changes when nothing runs
  mutable std::mutex mutex_;
  std::optional<std::chrono::nanoseconds> asked_since_;
  bool stopped_ = false;
  error why_; // stop() failed
};

class component_host final : public guest {
public:
  explicit component_host(component functions)
      : life_(std::make_shared<component_life>(std::make_shared<const component_plan>(std::move(functions)))) {}

  [[nodiscard]] std::shared_ptr<const hosted_plan> plan() const noexcept override { return life_->plan(); }
  void take(std::shared_ptr<const hosted_plan> next) noexcept override {
    life_->take(std::static_pointer_cast<const component_plan>(std::move(next)));
  }
  [[nodiscard]] std::string type() const override { return "component"; }
  [[nodiscard]] std::string_view starting() const noexcept override { return "start()"; }
  [[nodiscard]] std::string_view ending() const noexcept override { return life_->asked_since() ? "stop() or health()" : "stop()"; }

  void start(runtime& world, const news_line& slot) override {
    world_ = &world;
    slot_ = slot;
    run(acting_, [life = life_, slot] { life->start(slot); });
  }
  void stop() noexcept override {
    // The thread is there: it has run start().
    if (error no_thread = error_thrown_by([&] { run(acting_, [life = life_, slot = slot_] { life->stop(slot); }); }))
      slot_.ended(std::move(no_thread));
  }
  void kill() noexcept override {} // nobody can end a thread from outside
  void check() noexcept override {
    if (!life_->has_health()) return;
    std::chrono::nanoseconds since{};
    const auto now = world_->now();
    if (!life_->may_ask(now, since)) {
      if (now - since <= 2 * world_->health_period()) return; // as with actors: it may be in the middle of something
      const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - since).count();
      return slot_.health({health_state::unhealthy, "health() has not answered for " + std::to_string(waited) + " ms"});
    }
    if (error no_thread = error_thrown_by([&] { run(asking_, [life = life_, slot = slot_] { life->ask(slot); }); }))
      slot_.health({health_state::unhealthy, "no thread to ask on: " + no_thread.message()});
  }
  void describe(tree_node& into) const override {
    if (life_->asked_since()) into.handling = "health()";
  }

private:
  // Where time is virtual, nothing runs beside it.
  void run(side_thread& on, std::function<void()> job) {
    if (world_->threads().has_threads()) on.run(std::move(job));
    else job();
  }

  const std::shared_ptr<component_life> life_;
  runtime* world_ = nullptr;
  news_line slot_;
  side_thread acting_;
  side_thread asking_;
};

} // namespace

} // namespace detail

void supervise(supervisor_spec& under, std::string name, component what, child_options options) {
  problem_list found;
  if (!what.start) found.push_back({"start", "a component needs a function that starts it"});
  (void)detail::spec_access::add_foreign(under, std::move(name), std::make_unique<detail::component_host>(std::move(what)),
                                         std::move(options), std::move(found));
}

} // namespace alys
