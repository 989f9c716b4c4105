// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>
#include <alys/actors/prometheus.hpp>

#include <iostream>
#include <sstream>

using namespace std::chrono_literals;

struct tick { using reply = void; };
ALYS_MESSAGE(tick)

class clockwork final : public alys::actor<clockwork> {
public:
  using messages = alys::accepts<tick>;
  void handle(const tick&) {}
};

int main() {
  alys::supervisor_spec root{"tower"};
  auto clock = root.child<clockwork>("clock");
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});
  for (int i = 0; i < 3; ++i) {
    if (!system.ask(clock, tick{}, 5s)) return 1;
  }
  while (find(system.tree(), "/tower/clock")->messages.handled < 3) continue; // counted right after the answer has gone

  std::istringstream text{prometheus_text(system)}; // to be served under /metrics
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("#") || line.find("handled_total") != std::string::npos) std::cout << line << '\n';
  }
}
