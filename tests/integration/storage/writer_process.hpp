// SPDX-License-Identifier: Apache-2.0
//
// A process that has a store open and can be killed at any moment.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace alys::test {

class writer_process {
public:
  // Runs store_writer with this mode on this folder; `more` are the arguments that the mode has besides.
  writer_process(const std::string& mode, const std::filesystem::path& folder, const std::vector<std::string>& more = {});
  writer_process(const writer_process&) = delete;
  writer_process& operator=(const writer_process&) = delete;
  // Kills it.
  ~writer_process();

  // The next line that it says; nothing once it ended.
  [[nodiscard]] std::optional<std::string> line();

  // Kills it, if it still runs, as the kernel kills: without a word.
  void kill();

private:
  pid_t process_ = -1;
  int output_ = -1;
  std::string unread_;
};

} // namespace alys::test
