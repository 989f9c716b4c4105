// SPDX-License-Identifier: Apache-2.0
#include "deadlock.hpp"

#include "measure.hpp"

#include <alys/actors.hpp>

#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <barrier>
#include <csignal>
#include <latch>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

extern char** environ;

namespace bench {

namespace {

using namespace std::chrono_literals;

constexpr char both_hold = 'h';
constexpr char both_done = 'd';

void say(char what) {
  if (write(STDOUT_FILENO, &what, 1) != 1) throw std::runtime_error("nobody listens");
}

// What the other end says within so long; 0 if nothing.
[[nodiscard]] char hear(int from, std::chrono::milliseconds within) {
  pollfd end{from, POLLIN, 0};
  char said = 0;
  if (poll(&end, 1, static_cast<int>(within.count())) == 1 && read(from, &said, 1) != 1)
    throw std::runtime_error("the child process ended early");
  return said;
}

// A child process of this program, killed at the end if it still runs.
class child_process {
public:
  explicit child_process(const char* argument) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    std::string program = "/proc/self/exe";
    std::string word = argument;
    std::array<char*, 3> arguments{program.data(), word.data(), nullptr};
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    const int spawned = posix_spawn(&id_, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    output_ = ends[0];
    if (spawned != 0) throw std::runtime_error("cannot start a child process");
  }
  ~child_process() {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
    close(output_);
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  [[nodiscard]] int output() const noexcept { return output_; }

private:
  pid_t id_ = 0;
  int output_ = -1;
};

struct block {};
struct peg {};
struct withdrawals {
  using reply = std::uint64_t;
};
struct pegged {};
ALYS_MESSAGE(block)
ALYS_MESSAGE(peg)
ALYS_MESSAGE(withdrawals)
ALYS_MESSAGE(pegged)

class bridge final : public alys::actor<bridge> {
public:
  using messages = alys::accepts<peg, withdrawals>;
  explicit bridge(std::shared_ptr<alys::ref_to<pegged>> chain) : chain_(std::move(chain)) {}
  void handle(const peg&) {
    ++pegs_;
    send(*chain_, pegged{});
  }
  std::uint64_t handle(const withdrawals&) { return pegs_; }

private:
  std::shared_ptr<alys::ref_to<pegged>> chain_;
  std::uint64_t pegs_ = 0;
};

class chain final : public alys::actor<chain> {
public:
  using messages = alys::accepts<block, pegged>;
  using asks = alys::to<bridge>;
  chain(alys::ref<bridge> below, std::shared_ptr<std::latch> all) : bridge_(std::move(below)), all_(std::move(all)) {}
  void handle(const block&) {
    auto granted = ask(bridge_, withdrawals{}, 30s);
    granted.then([this](std::uint64_t) { all_->count_down(); }, [](const alys::error& e) { throw alys::bad_result(e); });
  }
  void handle(const pegged&) { all_->count_down(); }

private:
  alys::ref<bridge> bridge_;
  std::shared_ptr<std::latch> all_;
};

} // namespace

int deadlock_in_this_process() {
  std::mutex chain_lock;
  std::mutex bridge_lock;
  std::barrier both(2, []() noexcept { say(both_hold); });
  const auto take = [&](std::mutex& first, std::mutex& second) {
    const std::lock_guard one(first);
    both.arrive_and_wait();
    const std::lock_guard other(second);
  };
  std::thread importing([&] { take(chain_lock, bridge_lock); });
  std::thread pegging([&] { take(bridge_lock, chain_lock); });
  importing.join();
  pegging.join();
  say(both_done);
  return 0;
}

bool locks_hang(std::chrono::milliseconds patience) {
  const child_process child("--deadlock");
  if (hear(child.output(), 10s) != both_hold) throw std::runtime_error("the child process did not take its first locks");
  return hear(child.output(), patience) != both_done;
}

nanoseconds actors_both_ways(std::uint64_t count) {
  const auto all = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(2 * count));
  const auto upwards = std::make_shared<alys::ref_to<pegged>>();
  const alys::child_options held_back{.mailbox = {.capacity = 1'000'000}};
  alys::supervisor_spec root{"root"};
  const auto below = root.child<bridge>("bridge", {}, held_back, upwards);
  const auto above = root.child<chain>("chain", {}, held_back, below, all);
  *upwards = above;
  const auto system = alys::system::start(std::move(root), {.threads = 4, .log = alys::log_to_nowhere()});
  const auto begun = clock_now();
  for (std::uint64_t i = 0; i < count; ++i) {
    send(above, block{});
    send(below, peg{});
  }
  const auto give_up = begun + 30s;
  while (!all->try_wait()) {
    if (clock_now() > give_up) throw std::runtime_error("the actors did not come to their end");
    std::this_thread::sleep_for(50us);
  }
  return clock_now() - begun;
}

} // namespace bench
