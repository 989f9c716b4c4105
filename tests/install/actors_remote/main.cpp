// SPDX-License-Identifier: Apache-2.0
//
// Two nodes with the remote component, from the installed package.
#include <alys/actors.hpp>
#include <alys/actors/remote.hpp>

#include <iostream>

using namespace std::chrono_literals;

struct twice {
  using reply = std::string;
  std::string text;
};
ALYS_MESSAGE(twice, text)

class echo final : public alys::actor<echo> {
public:
  using messages = alys::accepts<twice>;
  std::string handle(const twice& t) { return t.text + t.text; }
};

int main() {
  alys::supervisor_spec root{"root"};
  const auto hall = root.child<echo>("hall");
  auto system = alys::system::start(std::move(root));
  auto alpha = alys::node::start({.name = "alpha", .listen = "127.0.0.1", .plain = true});
  alpha.publish("hall", hall);
  auto beta = alys::node::start({.name = "beta", .plain = true});
  const auto there = beta.connect({.name = "alpha", .host = "127.0.0.1", .port = alpha.port()});
  if (!there.wait_until_up(30s)) return 1;
  std::cout << system.ask(there.handle<echo>("hall"), twice{"al"}, 5s).value() << '\n';
}
