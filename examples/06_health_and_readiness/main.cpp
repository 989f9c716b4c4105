// SPDX-License-Identifier: Apache-2.0
//
// A service that says how it is: ready or not and why, alive or not, and an alert for whoever does not look.
#include <alys/actors.hpp>

#include <algorithm>
#include <condition_variable>
#include <iostream>
#include <latch>
#include <mutex>
#include <vector>

using namespace std::chrono_literals;

struct set_backends { using reply = void; int up = 0; };
struct work_on { std::latch* begun = nullptr; std::latch* released = nullptr; };
ALYS_MESSAGE(set_backends, up)
ALYS_MESSAGE(work_on)

// Needs three backends to be well, and one to be of any use.
class gateway final : public alys::actor<gateway> {
public:
  using messages = alys::accepts<set_backends>;
  void handle(const set_backends& s) { up_ = s.up; }
  alys::health_report health() {
    if (up_ == 3) return {};
    return {up_ > 0 ? alys::health_state::degraded : alys::health_state::unhealthy, std::to_string(up_) + " of 3 backends"};
  }

private:
  int up_ = 3;
};

class worker final : public alys::actor<worker> {
public:
  using messages = alys::accepts<work_on>;
  void handle(const work_on& w) {
    w.begun->count_down();
    w.released->wait(); // as a call into a library that does not come back
  }
};

// Prints what is raised and cleared, and lets main wait for it.
class board final : public alys::alert_sink {
public:
  alys::result<void> deliver(const alys::alert& a) override {
    {
      const std::lock_guard guard(mutex_);
      seen_.push_back((a.raised ? "raised " : "cleared ") + std::string{to_string(a.level)} + " " + a.name + " of " + a.path);
    }
    changed_.notify_all();
    return {};
  }
  void wait_for(const std::string& line) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return std::find(seen_.begin(), seen_.end(), line) != seen_.end(); });
    std::cout << line << '\n';
    seen_.clear();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> seen_;
};

int main() {
  alys::supervisor_spec root{"service"};
  auto door = root.child<gateway>("gateway", {}, {.health = {.unhealthy_in_a_row = 0}}); // it is not its fault: no restart helps
  auto& team = root.supervisor("team", alys::one_for_one{}, {.health = alys::healthy_share{.degraded_below = 1.0, .unhealthy_below = 0.4}});
  std::vector<alys::ref<worker>> workers;
  for (const char* name : {"ann", "bob"}) workers.push_back(team.child<worker>(name));

  const auto alerts = std::make_shared<board>();
  const auto health_of_gateway = [] {
    auto rule = alys::alert_on_health();
    rule.under = "/service/gateway";
    return rule;
  }();
  auto system = alys::system::start(root, {.threads = 2,
                                           .health_period = 50ms,
                                           .watchdog = {.period = 250ms, .handler_limit = 1s},
                                           .alerts = {.rules = {health_of_gateway}, .sinks = {alerts}, .period = 250ms},
                                           .log = alys::log_to_nowhere()});
  const auto readiness = [&] {
    const auto health = system.tree().health;
    std::cout << (system.ready() ? "ready" : "not ready") << (health.why.empty() ? "" : ": " + health.why) << '\n';
  };
  readiness();

  (void)system.ask(door, set_backends{2}, 5s);
  alerts->wait_for("raised warning health of /service/gateway");
  readiness();
  (void)system.ask(door, set_backends{0}, 5s);
  alerts->wait_for("raised critical health of /service/gateway");
  readiness();
  (void)system.ask(door, set_backends{3}, 5s);
  alerts->wait_for("cleared warning health of /service/gateway");
  readiness();

  // Both threads of the pool are caught in handlers: nobody in the tree can do anything, and it is told by threads that are not of the pool.
  std::latch begun{2};
  std::latch released{1};
  for (const auto& w : workers) send(w, work_on{&begun, &released});
  begun.wait();
  alerts->wait_for("raised critical liveness of /service");
  std::cout << "alive: " << system.alive() << '\n';
  released.count_down();
  alerts->wait_for("cleared critical liveness of /service");
  std::cout << "alive: " << system.alive() << '\n';
}
