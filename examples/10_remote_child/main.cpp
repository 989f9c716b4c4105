// SPDX-License-Identifier: Apache-2.0
//
// A child on another node: this program starts itself a second time as the node "alpha", owns an engine there, kills that process with -9 in
// the middle of an ask, and starts it anew. The supervisor sees a failure of category network; the handle heals.
#include <alys/actors.hpp>
#include <alys/actors/remote.hpp>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <iostream>
#include <thread>

using namespace std::chrono_literals;

struct add {
  using reply = std::int64_t;
  std::int64_t a = 0;
  std::int64_t b = 0;
};
struct ponder {
  using reply = void;
};
ALYS_MESSAGE(add, a, b)
ALYS_MESSAGE(ponder)

class engine final : public alys::actor<engine> {
public:
  using messages = alys::accepts<add, ponder>;
  std::int64_t handle(const add& what) { return what.a + what.b; }
  alys::promise<void> handle(const ponder&) { return thoughts_.emplace_back(); } // it is never done

private:
  std::vector<alys::promise<void>> thoughts_;
};

// ---- the other node ----

int run_alpha(std::uint16_t port) {
  alys::supervisor_spec root{"alpha"};
  const auto engines = root.children<engine>("engine-{}", {.kind = alys::child_kind::temporary}); // its owner decides about its failures
  auto system = alys::system::start(std::move(root));
  auto here = alys::node::start({.name = "alpha", .listen = "127.0.0.1", .port = port, .plain = true}); // TLS: .tls = {certificate, key, authority}
  here.offer("engine", engines);
  const std::uint16_t mine = here.port();
  if (::write(STDOUT_FILENO, &mine, sizeof mine) != sizeof mine) return 1;
  for (;;) ::pause();
}

struct other_process {
  pid_t pid = 0;
  std::uint16_t port = 0;
};

other_process start_alpha(const char* program, std::uint16_t port) {
  int out[2];
  if (::pipe(out) != 0) throw std::runtime_error("no pipe");
  other_process alpha{::fork(), 0};
  if (alpha.pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // nothing is left behind, whatever happens here
    ::dup2(out[1], STDOUT_FILENO);
    ::execl(program, program, std::to_string(port).c_str(), nullptr);
    ::_exit(1);
  }
  ::close(out[1]);
  if (::read(out[0], &alpha.port, sizeof alpha.port) != sizeof alpha.port) throw std::runtime_error("alpha does not start");
  ::close(out[0]);
  return alpha;
}

void kill_hard(other_process& alpha) {
  ::kill(alpha.pid, SIGKILL);
  ::waitpid(alpha.pid, nullptr, 0);
}

// ---- this node ----

// Says what the supervisor decides, of the first failure.
struct teller final : alys::observer {
  void failure_decided(const alys::failure& what, alys::action then) override {
    if (what.incarnation == 1) first.set_value(what.path + " failed (" + std::string{to_string(what.what.category())} + "): " + std::string{to_string(then)});
  }
  std::promise<std::string> first;
};

int main(int count, char** arguments) {
  if (count > 1) return run_alpha(static_cast<std::uint16_t>(std::stoi(arguments[1])));

  auto alpha = start_alpha(arguments[0], 0);
  auto here = alys::node::start({.name = "beta", .plain = true, .log = alys::log_to_nowhere()});
  const auto there = here.connect({.name = "alpha", .host = "127.0.0.1", .port = alpha.port});

  alys::supervisor_spec root{"beta", alys::one_for_one{.restarts = 100, .within = 60s}};
  const auto far = alys::supervise<engine>(root, "engine", there, "engine", {}, {.restart = alys::backoff{.initial = 10ms, .cap = 100ms}});
  const auto seen = std::make_shared<teller>();
  auto system = alys::system::start(std::move(root), {.log = alys::log_to_nowhere(), .observers = {seen}});
  std::cout << system.tree().children.at(0).path << " is an " << system.tree().children.at(0).type << '\n';
  std::cout << "2 + 3 = " << system.ask(far, add{2, 3}, 5s).value() << '\n';

  auto open = std::async(std::launch::async, [&] { return system.ask(far, ponder{}, 10min); });
  while (there.counts().on_the_way == 0) std::this_thread::sleep_for(1ms);
  kill_hard(alpha);
  std::cout << "alpha is killed; the open ask: " << to_string(open.get().error().code()) << '\n';
  std::cout << seen->first.get_future().get() << '\n';

  alpha = start_alpha(arguments[0], alpha.port);
  auto sum = system.ask(far, add{2, 3}, 5s);
  for (; !sum; sum = system.ask(far, add{2, 3}, 5s)) std::this_thread::sleep_for(10ms);
  std::cout << "alpha is back; by the same handle: 2 + 3 = " << *sum << '\n';

  std::cout << (system.shutdown(10s).in_time ? "stopped in order" : "something was left behind") << '\n';
  kill_hard(alpha);
}
