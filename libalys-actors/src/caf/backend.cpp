// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"

#include <caf/actor_clock.hpp>
#include <caf/make_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/thread_hook.hpp>

#include <condition_variable>

namespace alys::detail {

namespace {

bool& is_pool_thread() noexcept {
  thread_local bool flag = false;
  return flag;
}

// CAF starts each of its threads through its hooks, so that we know them.
class mark_pool_threads final : public caf::thread_hook {
public:
  void init(caf::actor_system&) override {}
  void thread_started() override { is_pool_thread() = true; }
  void thread_terminates() override {}
};

// CAF's workers put what they wake up in front of their own queue, so that a few busy pairs starve everybody else. Every so many
// wake-ups of a worker go to the tail of some queue instead.
constexpr std::uint32_t fair_share = 64;

class unit_executor : public executor {
public:
  explicit unit_executor(caf::strong_actor_ptr self) : self_(std::move(self)), clock_(self_->home_system->clock()), address_(caf::actor_cast<caf::weak_actor_ptr>(self_)) {}

  void schedule() noexcept override {
    auto* job = static_cast<unit*>(self_->get());
    intrusive_ptr_add_ref(self_.get());
    thread_local std::uint32_t wake_ups = 0;
    if (caf::execution_unit* host = unit::current_host(); host != nullptr && ++wake_ups % fair_share != 0) host->exec_later(job);
    else self_->home_system->scheduler().enqueue(job);
  }
  void wake_at(std::chrono::nanoseconds when) override {
    clock_.set_multi_timeout(caf::actor_clock::time_point{std::chrono::duration_cast<caf::actor_clock::duration_type>(when)}, self_->get(), caf::atom("alys"), 0);
  }
  void ended(const error& reason) noexcept override {
    const caf::strong_actor_ptr last = std::move(self_);
    self_ = nullptr;
    caf::error why = reason ? caf::make_error(caf::sec::runtime_error, reason.message()) : caf::error{};
    static_cast<unit*>(last->get())->cleanup(std::move(why), unit::current_host());
  }
  [[nodiscard]] caf::weak_actor_ptr address() const { return address_; }

protected:
  [[nodiscard]] unit& job() const noexcept { return *static_cast<unit*>(self_->get()); }

private:
  caf::strong_actor_ptr self_; // let go by the owner's own thread when it ends; nobody else looks at it then
  caf::actor_clock& clock_;
  const caf::weak_actor_ptr address_;
};

// Runs one slot on a thread of its own. The thread and the executor share the wake-up flag; the thread lives as long as the slot.
class thread_executor final : public unit_executor {
public:
  struct bell {
    std::mutex mutex;
    std::condition_variable rung;
    bool waiting = false;
    bool over = false;
  };
  thread_executor(caf::strong_actor_ptr self, std::shared_ptr<bell> b) : unit_executor(std::move(self)), bell_(std::move(b)) {}
  void schedule() noexcept override { ring(false); }
  void ended(const error& reason) noexcept override {
    unit_executor::ended(reason);
    ring(true);
  }
  ~thread_executor() override { ring(true); }

private:
  void ring(bool over) noexcept {
    {
      const std::lock_guard guard(bell_->mutex);
      bell_->waiting = true;
      bell_->over = bell_->over || over;
    }
    bell_->rung.notify_one();
  }
  std::shared_ptr<bell> bell_;
};

void run_own_thread(const caf::strong_actor_ptr& self, thread_executor::bell& bell, std::size_t most) {
  is_pool_thread() = true;
  auto& job = static_cast<unit&>(*self->get());
  for (;;) {
    {
      std::unique_lock lock(bell.mutex);
      bell.rung.wait(lock, [&] { return bell.waiting; });
      bell.waiting = false;
    }
    caf::resumable::resume_result result = caf::resumable::resume_later;
    while (result == caf::resumable::resume_later) result = job.resume(nullptr, most);
    if (result == caf::resumable::done) return;
    const std::lock_guard guard(bell.mutex);
    if (bell.over) return;
  }
}

} // namespace

caf_backend::caf_backend(const backend_options& options) : config_(std::make_unique<caf::actor_system_config>()), deterministic_(options.deterministic) {
  config_->set("scheduler.max-throughput", options.messages_per_turn);
  if (options.threads > 0) config_->set("scheduler.max-threads", options.threads);
  if (options.deterministic) config_->set("scheduler.policy", caf::atom("testing"));
  config_->add_thread_hook<mark_pool_threads>();
  system_ = std::make_unique<caf::actor_system>(*config_);
}

caf_backend::~caf_backend() {
  for (std::thread& t : threads_) t.join();
}

std::chrono::nanoseconds caf_backend::now() const noexcept { return system_->clock().now().time_since_epoch(); }

bool caf_backend::on_pool_thread() const noexcept { return is_pool_thread(); }

std::unique_ptr<backend> make_backend(std::size_t threads, std::size_t messages_per_turn) {
  return std::make_unique<caf_backend>(backend_options{threads, messages_per_turn, false});
}

std::unique_ptr<executor> caf_backend::host(std::shared_ptr<scheduled> what, bool own_thread) {
  caf::actor_config config;
  auto self = caf::make_actor<unit, caf::strong_actor_ptr>(system_->next_actor_id(), system_->node(), system_.get(), config, std::move(what));
  if (!own_thread || deterministic_) return std::make_unique<unit_executor>(std::move(self));
  auto bell = std::make_shared<thread_executor::bell>();
  const std::size_t most = system_->scheduler().max_throughput();
  const std::lock_guard guard(threads_mutex_);
  threads_.emplace_back([self, bell, most] { run_own_thread(self, *bell, most); });
  return std::make_unique<thread_executor>(std::move(self), std::move(bell));
}

} // namespace alys::detail
