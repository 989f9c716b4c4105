// SPDX-License-Identifier: Apache-2.0
//
// A thread that runs one slot and nothing else: for handlers that block.
#pragma once

#include "unit_executor.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace alys::detail {

class backend;

// The backend that this thread works for; null for threads that no backend has started.
[[nodiscard]] const backend*& pool_of_thread() noexcept;

class own_thread {
public:
  // Handles `most` data messages of `self` at a time. Throws std::system_error if the operating system gives no thread.
  own_thread(const caf::strong_actor_ptr& self, std::size_t most, const backend& owner);
  // Waits for the turn that runs; what would come after it never does.
  ~own_thread();
  own_thread(const own_thread&) = delete;
  own_thread& operator=(const own_thread&) = delete;

  // Wakes this thread for the slot.
  [[nodiscard]] std::unique_ptr<executor> make_executor(caf::strong_actor_ptr self) const;
  // The slot has ended, and the destructor will not wait.
  [[nodiscard]] bool finished() const;

private:
  struct bell {
    void ring(bool last) noexcept;
    std::mutex mutex;
    std::condition_variable rung;
    bool waiting = false;
    bool over = false;     // nobody rings any more
    bool finished = false; // the thread has nothing left to do
  };
  class bell_executor;
  static void run(const caf::strong_actor_ptr& self, std::size_t most, bell& b);

  std::shared_ptr<bell> bell_; // the executor may outlive the thread
  std::thread thread_;
};

} // namespace alys::detail
