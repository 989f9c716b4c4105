// SPDX-License-Identifier: Apache-2.0
#include "side_thread.hpp"

namespace alys::detail {

side_thread::~side_thread() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard guard(queue_->mutex);
    queue_->over = true;
    queue_->jobs.clear();
  }
  queue_->changed.notify_one();
  if (thread_.get_id() == std::this_thread::get_id()) thread_.detach();
  else thread_.join();
}

void side_thread::run(std::function<void()> job) {
  if (!queue_) queue_ = std::make_shared<queue>();
  if (!thread_.joinable()) thread_ = std::thread([jobs = queue_] { work(*jobs); });
  {
    const std::lock_guard guard(queue_->mutex);
    queue_->jobs.push_back(std::move(job));
  }
  queue_->changed.notify_one();
}

void side_thread::work(queue& from) {
  for (;;) {
    std::unique_lock lock(from.mutex);
    from.changed.wait(lock, [&] { return from.over || !from.jobs.empty(); });
    if (from.over) return;
    const auto job = std::move(from.jobs.front());
    from.jobs.pop_front();
    lock.unlock();
    job();
  }
}

} // namespace alys::detail
