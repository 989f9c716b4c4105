// SPDX-License-Identifier: Apache-2.0
//
// Another process, which a test talks to over its standard input and output, and ends as roughly as it likes.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

extern char** environ; // NOLINT: POSIX names it so

namespace alys::test {

class other_process {
public:
  explicit other_process(std::vector<std::string> command) {
    int in[2];
    int out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, in[0], 0);
    ::posix_spawn_file_actions_adddup2(&files, out[1], 1);
    std::vector<char*> arguments;
    for (std::string& each : command) arguments.push_back(each.data());
    arguments.push_back(nullptr);
    const int failed = ::posix_spawn(&pid_, arguments[0], &files, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
    if (failed != 0) throw std::runtime_error("cannot run " + command[0]);
  }
  other_process(other_process&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), to_(std::exchange(other.to_, -1)), from_(std::exchange(other.from_, -1)) {}
  other_process& operator=(other_process&&) = delete;
  ~other_process() { kill(); }

  // One line of its output; empty at the end of it.
  [[nodiscard]] std::string line() const {
    std::string text;
    for (char c = 0; ::read(from_, &c, 1) == 1 && c != '\n';) text += c;
    return text;
  }
  // With SIGSTOP; when this comes back none of its threads runs any more. Until the one that gets the signal has run, the others do.
  void stop() const {
    ::kill(pid_, SIGSTOP);
    int status = 0;
    if (::waitpid(pid_, &status, WUNTRACED) != pid_ || !WIFSTOPPED(status)) throw std::runtime_error("the process does not stop");
  }
  void resume() const { ::kill(pid_, SIGCONT); }
  // With SIGKILL; it is gone when this comes back.
  void kill() {
    if (pid_ != 0) ::kill(pid_, SIGKILL), (void)wait();
  }
  // As it should end: its input ends. What wait() of the system says of it.
  [[nodiscard]] int end() {
    ::close(std::exchange(to_, -1));
    return wait();
  }

private:
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    if (to_ >= 0) ::close(std::exchange(to_, -1));
    if (from_ >= 0) ::close(std::exchange(from_, -1));
    return status;
  }
  pid_t pid_ = 0;
  int to_ = -1;
  int from_ = -1;
};

} // namespace alys::test
