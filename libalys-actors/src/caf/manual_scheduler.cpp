// SPDX-License-Identifier: Apache-2.0
//
// CAF's test scheduler at work.
#include "manual_scheduler.hpp"

#include "backend.hpp"

#include <caf/scheduler/test_coordinator.hpp>

namespace alys::detail {

namespace {

// The test scheduler's own worker puts what is not done yet back in front, so that a busy slot would shut out all others.
class last_in_line final : public caf::execution_unit {
public:
  explicit last_in_line(caf::actor_system& system, std::deque<caf::resumable*>& jobs) : caf::execution_unit(&system), jobs_(jobs) {}
  void exec_later(caf::resumable* job) override { jobs_.push_back(job); }

private:
  std::deque<caf::resumable*>& jobs_;
};

} // namespace

struct manual_scheduler::machinery {
  machinery()
      : backend({.deterministic = true}),
        coordinator(dynamic_cast<caf::scheduler::test_coordinator&>(backend.system().scheduler())),
        worker(backend.system(), coordinator.jobs) {
    coordinator.clock().current_time = {};
  }
  caf_backend backend;
  caf::scheduler::test_coordinator& coordinator;
  last_in_line worker;
};

manual_scheduler::manual_scheduler() : caf_(std::make_unique<machinery>()) {}
manual_scheduler::~manual_scheduler() = default;

std::unique_ptr<executor> manual_scheduler::host(std::shared_ptr<scheduled> what) { return caf_->backend.host(std::move(what), false); }

std::size_t manual_scheduler::waiting() const noexcept { return caf_->coordinator.jobs.size(); }

void manual_scheduler::run(std::size_t place) {
  auto& jobs = caf_->coordinator.jobs;
  const auto at = jobs.begin() + static_cast<std::ptrdiff_t>(place);
  caf::resumable* const job = *at;
  jobs.erase(at);
  switch (job->resume(&caf_->worker, 1)) {
    case caf::resumable::resume_later: jobs.push_back(job); break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
    case caf::resumable::shutdown_execution_unit: caf::intrusive_ptr_release(job); break;
  }
}

std::chrono::nanoseconds manual_scheduler::now() const noexcept { return caf_->backend.now(); }

std::optional<std::chrono::nanoseconds> manual_scheduler::next_wake_up() const {
  const auto& schedule = caf_->coordinator.clock().schedule();
  if (schedule.empty()) return std::nullopt;
  return schedule.begin()->first.time_since_epoch();
}

void manual_scheduler::move_to(std::chrono::nanoseconds when) {
  caf_->coordinator.advance_time(std::max(when - now(), std::chrono::nanoseconds::zero()));
}

} // namespace alys::detail
