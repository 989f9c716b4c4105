// SPDX-License-Identifier: Apache-2.0
//
// Starting, hearing and killing a process.
#include "writer_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

extern char** environ;

namespace alys::test {
namespace {

void require(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

} // namespace

writer_process::writer_process(const std::string& mode, const std::filesystem::path& folder, const std::vector<std::string>& more) {
  std::array<int, 2> pipe{};
  require(::pipe2(pipe.data(), O_CLOEXEC) == 0 ? 0 : errno, "pipe2");
  posix_spawn_file_actions_t actions;
  require(::posix_spawn_file_actions_init(&actions), "posix_spawn_file_actions_init");
  require(::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO), "posix_spawn_file_actions_adddup2");
  std::vector<std::string> words{ALYS_STORE_WRITER, mode, folder.string()};
  words.insert(words.end(), more.begin(), more.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  require(::posix_spawn(&process_, ALYS_STORE_WRITER, &actions, nullptr, arguments.data(), environ), "posix_spawn");
  (void)::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  output_ = pipe[0];
}

writer_process::~writer_process() {
  kill();
  ::close(output_);
}

std::optional<std::string> writer_process::line() {
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      std::string found = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return found;
    }
    std::array<char, 4096> buffer{};
    const ssize_t length = ::read(output_, buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return std::nullopt;
    unread_.append(buffer.data(), static_cast<std::size_t>(length));
  }
}

void writer_process::kill() {
  if (process_ < 0) return;
  (void)::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {}
  process_ = -1;
}

} // namespace alys::test
