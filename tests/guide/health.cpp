// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>

#include <iostream>

using namespace std::chrono_literals;

struct lose_disk { using reply = void; };
ALYS_MESSAGE(lose_disk)

class storage final : public alys::actor<storage> {
public:
  using messages = alys::accepts<lose_disk>;
  void handle(const lose_disk&) { --disks_; }
  alys::health_report health() { // asked in the actor's own turn: one that is stuck does not answer, and that is seen
    if (disks_ == 2) return {};
    if (disks_ == 1) return {alys::health_state::degraded, "one disk of two"};
    return {alys::health_state::unhealthy, "no disk"};
  }

private:
  int disks_ = 2;
};

// Waits until the tree says something else than before.
std::string next_verdict(const alys::system& system, const std::string& before) {
  for (;;) {
    const alys::health_report now = system.tree().health;
    const std::string text = std::string{to_string(now.state)} + (now.why.empty() ? "" : " (" + now.why + ")");
    if (text != before) return text;
  }
}

int main() {
  alys::supervisor_spec root{"root"};
  auto disks = root.child<storage>("storage");
  auto system = alys::system::start(root, {.health_period = 200ms, .log = alys::log_to_nowhere()});

  std::string verdict = next_verdict(system, "");
  std::cout << verdict << ", ready: " << system.ready() << '\n';
  for (int lost = 0; lost < 2; ++lost) {
    if (!system.ask(disks, lose_disk{}, 1s)) return 1;
    verdict = next_verdict(system, verdict);
    std::cout << verdict << ", ready: " << system.ready() << '\n';
  }
}
