// SPDX-License-Identifier: Apache-2.0
#include "ticker.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace alys::detail {

namespace {

class thread_ticker final : public ticker {
public:
  thread_ticker(std::chrono::nanoseconds period, std::function<void()> look)
      : period_(period), look_(std::move(look)), thread_([this] { run(); }) {}
  ~thread_ticker() override {
    {
      const std::lock_guard guard(mutex_);
      over_ = true;
    }
    ended_.notify_all();
    thread_.join();
  }

private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, period_, [&] { return over_; })) {
      lock.unlock();
      look_();
      lock.lock();
    }
  }

  const std::chrono::nanoseconds period_;
  const std::function<void()> look_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_; // last: it uses the rest
};

} // namespace

std::unique_ptr<ticker> make_thread_ticker(std::chrono::nanoseconds period, std::function<void()> look) {
  return std::make_unique<thread_ticker>(period, std::move(look));
}

} // namespace alys::detail
