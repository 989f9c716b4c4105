// SPDX-License-Identifier: Apache-2.0
//
// A thread of its own for code that may block: jobs in order, one at a time. It exists from its first job on.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace alys::detail {

class side_thread {
public:
  side_thread() = default;
  // Waits for the job that runs, unless this is that very thread; those behind it are dropped.
  ~side_thread();
  side_thread(const side_thread&) = delete;
  side_thread& operator=(const side_thread&) = delete;

  // A job must not throw. Throws std::system_error if the operating system gives no thread.
  void run(std::function<void()> job);

private:
  struct queue {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> jobs;
    bool over = false;
  };
  static void work(queue& from);

  std::shared_ptr<queue> queue_; // the thread may outlive this
  std::thread thread_;
};

} // namespace alys::detail
