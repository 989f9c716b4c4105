// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"

#include <alys/actors/fault.hpp>

#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace alys::domain {

namespace {

[[nodiscard]] std::string words_for(const siginfo_t& end) {
  if (end.si_code == CLD_EXITED) return "exited with status " + std::to_string(end.si_status);
  return "was killed by signal " + std::to_string(end.si_status);
}

// Where the new process finds itself.
class surroundings {
public:
  surroundings(const std::filesystem::path& folder, const std::filesystem::path& output) {
    (void)posix_spawn_file_actions_init(&files_);
    (void)posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    (void)posix_spawn_file_actions_adddup2(&files_, STDOUT_FILENO, STDERR_FILENO);
    (void)posix_spawn_file_actions_addchdir_np(&files_, folder.c_str());
    (void)posix_spawnattr_init(&attributes_);
    (void)posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    (void)posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t none;
    sigemptyset(&none);
    (void)posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t all;
    sigfillset(&all);
    (void)posix_spawnattr_setsigdefault(&attributes_, &all);
  }
  ~surroundings() {
    (void)posix_spawn_file_actions_destroy(&files_);
    (void)posix_spawnattr_destroy(&attributes_);
  }
  surroundings(const surroundings&) = delete;
  surroundings& operator=(const surroundings&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* files() const noexcept { return &files_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

// setpriv, of util-linux, sets what posix_spawn has no word for.
[[nodiscard]] std::vector<std::string> tied_to_this_thread(const std::vector<std::string>& command) {
  std::vector<std::string> words{"setpriv", "--pdeathsig", "KILL", "--"};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

} // namespace

result<std::unique_ptr<child_process>> child_process::start(const std::vector<std::string>& command, const std::filesystem::path& folder,
                                                            const std::filesystem::path& output) {
  std::vector<std::string> words = tied_to_this_thread(command);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const surroundings around(std::filesystem::absolute(folder), std::filesystem::absolute(output));
  pid_t id = 0;
  if (const int why = ::posix_spawnp(&id, arguments.front(), around.files(), around.attributes(), arguments.data(), ::environ); why != 0)
    return fail(fault::service_unavailable, command.front() + " cannot be started in " + folder.string() + ": " + std::strerror(why));
  return std::unique_ptr<child_process>{new child_process(id)};
}

child_process::child_process(int id) : id_(id), watcher_([this] { watch(); }) {}

child_process::~child_process() {
  {
    const std::lock_guard guard(mutex_);
    told_to_end_ = true;
    signal(SIGKILL);
  }
  watcher_.join();
}

// The process is left unreaped until its end is known here, so that its number cannot be another's when a signal is sent.
void child_process::watch() {
  siginfo_t how{};
  while (::waitid(P_PID, static_cast<id_t>(id_), &how, WEXITED | WNOWAIT) != 0 && errno == EINTR) {}
  std::function<void(const std::string&)> then;
  {
    const std::lock_guard guard(mutex_);
    end_ = words_for(how);
    (void)::waitpid(id_, nullptr, 0);
    if (!told_to_end_) then = std::exchange(then_, nullptr);
  }
  changed_.notify_all();
  if (then) then(words_for(how));
}

// With the mutex.
void child_process::signal(int number) {
  if (!end_) (void)::kill(id_, number);
}

void child_process::when_ended(std::function<void(const std::string&)> then) {
  std::unique_lock lock(mutex_);
  if (told_to_end_) return;
  if (!end_) {
    then_ = std::move(then);
    return;
  }
  const std::string how = *end_;
  lock.unlock();
  then(how);
}

std::optional<std::string> child_process::end() const {
  const std::lock_guard guard(mutex_);
  return end_;
}

std::optional<std::string> child_process::wait_for(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, most, [this] { return end_.has_value(); });
  return end_;
}

void child_process::terminate(std::chrono::milliseconds within) {
  std::unique_lock lock(mutex_);
  told_to_end_ = true;
  signal(SIGTERM);
  if (changed_.wait_for(lock, within, [this] { return end_.has_value(); })) return;
  signal(SIGKILL);
  changed_.wait(lock, [this] { return end_.has_value(); });
}

} // namespace alys::domain
