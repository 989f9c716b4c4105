// SPDX-License-Identifier: Apache-2.0
//
// A place where work can stop in the middle and go on later: a thread that runs only while its caller waits for it. So however many
// strands there are, one thing happens at a time, in the order that their callers choose.
#pragma once

#include <functional>
#include <semaphore>
#include <thread>

namespace alys::testkit::detail {

class strand {
public:
  strand() : thread_([this] { loop(); }) {}
  // No work may be in the middle.
  ~strand();
  strand(const strand&) = delete;
  strand& operator=(const strand&) = delete;

  // Runs `work`, which must not throw, until it ends or pauses. True if it ended.
  [[nodiscard]] bool run(std::function<void()> work);
  // After a pause: goes on until the work ends or pauses again. True if it ended.
  [[nodiscard]] bool go_on();

  // Whether the caller is work on a strand.
  [[nodiscard]] static bool inside() noexcept { return current() != nullptr; }
  // From inside: stops here until somebody says go_on.
  static void pause();

private:
  [[nodiscard]] static strand*& current() noexcept;
  void loop();

  std::function<void()> work_;
  bool ended_ = true;
  bool over_ = false;
  std::binary_semaphore go_{0};
  std::binary_semaphore back_{0};
  std::thread thread_; // last: it uses the others
};

} // namespace alys::testkit::detail
