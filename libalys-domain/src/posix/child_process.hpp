// SPDX-License-Identifier: Apache-2.0
//
// A process that belongs to this one: in a group of its own, so that a terminal's interrupt is left to us; with the signals as they are by
// default, whatever this thread has blocked; and, from its first instruction on, killed by the operating system when the thread that started it
// ends.
#pragma once

#include <alys/actors/result.hpp>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace alys::domain {

class child_process {
public:
  // Runs `command`, whose first word is a path or is looked up in PATH, in `folder`; what it prints is appended to `output`. Fails with
  // fault::service_unavailable where the operating system does not let it; a program that is not there ends with status 127 and says so in
  // `output`.
  [[nodiscard]] static result<std::unique_ptr<child_process>> start(const std::vector<std::string>& command,
                                                                    const std::filesystem::path& folder,
                                                                    const std::filesystem::path& output);
  // Kills it if it still runs.
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  // `then` is called once, when the process has ended, on a thread of this; at once if it has already. Not if it was told to end before.
  void when_ended(std::function<void(const std::string& how)> then);
  // How it ended, if it has: "exited with status 3", "was killed by signal 9".
  [[nodiscard]] std::optional<std::string> end() const;
  // Waits for its end at most so long.
  [[nodiscard]] std::optional<std::string> wait_for(std::chrono::milliseconds most);
  // SIGTERM, and SIGKILL after that time. It has ended when this returns.
  void terminate(std::chrono::milliseconds within);

private:
  explicit child_process(int id);
  void watch();
  void signal(int number);

  const int id_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> end_;
  bool told_to_end_ = false;
  std::function<void(const std::string&)> then_;
  std::thread watcher_;
};

} // namespace alys::domain
