// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>

#include <algorithm>
#include <iostream>

using namespace std::chrono_literals;

struct go_quiet { using reply = void; };
ALYS_MESSAGE(go_quiet)

class peer final : public alys::actor<peer> {
public:
  using messages = alys::accepts<go_quiet>;
  void handle(const go_quiet&) { quiet_ = true; }
  alys::health_report health() {
    if (quiet_) return {alys::health_state::unhealthy, "says nothing"};
    return {};
  }

private:
  bool quiet_ = false;
};

std::ptrdiff_t count_unhealthy(const alys::tree_node& above) {
  return std::count_if(above.children.begin(), above.children.end(),
                       [](const alys::tree_node& each) { return each.health.state == alys::health_state::unhealthy; });
}

int main() {
  alys::supervisor_spec root{"root"};
  auto& peers = root.supervisor("peers", alys::one_for_one{}, {.health = alys::healthy_share{.degraded_below = 0.9, .unhealthy_below = 0.5}});
  std::vector<alys::ref<peer>> all;
  for (const char* name : {"a", "b", "c", "d"}) all.push_back(peers.child<peer>(name, {}, {.health = {.unhealthy_in_a_row = 0}}));
  auto system = alys::system::start(root, {.health_period = 200ms, .log = alys::log_to_nowhere()});

  for (std::ptrdiff_t quiet = 1; quiet <= 3; ++quiet) {
    if (!system.ask(all[static_cast<std::size_t>(quiet)], go_quiet{}, 1s)) return 1;
    alys::tree_node now = system.tree();
    while (count_unhealthy(now.children.front()) < quiet) now = system.tree(); // a verdict comes once a period
    std::cout << quiet << " of 4 quiet: " << to_string(now.health.state) << '\n';
  }
}
