// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"

#include "heartbeat.hpp"

#include <caf/actor_clock.hpp>
#include <caf/logger.hpp>
#include <caf/make_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/thread_hook.hpp>

namespace alys::detail {

namespace {

// CAF starts each of its threads through its hooks, so that we know them.
class mark_pool_threads final : public caf::thread_hook {
public:
  explicit mark_pool_threads(const backend& owner) noexcept : owner_(&owner) {}
  void init(caf::actor_system&) override {}
  void thread_started() override { pool_of_thread() = owner_; }
  void thread_terminates() override {}

private:
  const backend* owner_;
};

} // namespace

caf_backend::caf_backend(const backend_options& options)
    : config_(std::make_unique<caf::actor_system_config>()), deterministic_(options.deterministic) {
  config_->set("scheduler.max-throughput", options.messages_per_turn);
  if (options.threads > 0) config_->set("scheduler.max-threads", options.threads);
  if (options.deterministic) config_->set("scheduler.policy", caf::atom("testing"));
  config_->add_thread_hook<mark_pool_threads>(*this);
  system_ = std::make_unique<caf::actor_system>(*config_);
  // The system has made its log this thread's own, and its end waits for every thread that has it: it could end on no other thread.
  caf::logger::set_current_actor_system(nullptr);
}

caf_backend::~caf_backend() {
  threads_.clear();                             // they use the rest
  system_->await_actors_before_shutdown(false); // of the user's plain actors, any may want to live for ever
}

std::chrono::nanoseconds caf_backend::now() const noexcept { return system_->clock().now().time_since_epoch(); }

bool caf_backend::on_pool_thread() const noexcept { return pool_of_thread() != nullptr; }

bool caf_backend::on_own_thread() const noexcept { return pool_of_thread() == this; }

void caf_backend::beat(const std::shared_ptr<pulse>& which) {
  if (deterministic_) return which->beat(now());
  system_->scheduler().enqueue(new heartbeat(*this, which)); // the scheduler owns it, as it does all jobs
}

std::unique_ptr<backend> make_backend(std::size_t threads, std::size_t messages_per_turn) {
  return std::make_unique<caf_backend>(backend_options{threads, messages_per_turn, false});
}

std::unique_ptr<executor> caf_backend::host(std::shared_ptr<scheduled> what, bool own_thread) {
  caf::actor_config config;
  auto self =
      caf::make_actor<unit, caf::strong_actor_ptr>(system_->next_actor_id(), system_->node(), system_.get(), config, std::move(what));
  if (!own_thread || deterministic_) return std::make_unique<unit_executor>(std::move(self));
  const std::lock_guard guard(threads_mutex_);
  threads_.remove_if([](const detail::own_thread& t) { return t.finished(); });
  const auto& thread = threads_.emplace_back(self, system_->scheduler().max_throughput(), *this);
  return thread.make_executor(std::move(self));
}

} // namespace alys::detail
