// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>
#include <alys/actors/caf.hpp>

#include <iostream>

using namespace std::chrono_literals;

struct count { using reply = std::uint64_t; std::uint64_t by = 1; };
ALYS_MESSAGE(count, by)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(count) // CAF's own announcement: the message stays within the process

class counter final : public alys::actor<counter> {
public:
  using messages = alys::accepts<count>;
  std::uint64_t handle(const count& c) {
    if (c.by == 0) throw std::runtime_error("nothing to count");
    return sum_ += c.by;
  }

private:
  std::uint64_t sum_ = 0;
};

// Asks as any plain CAF actor asks, and prints what it hears.
void request(caf::scoped_actor& self, const caf::actor& to, count what) {
  self->request(to, 5s, what).receive([](std::uint64_t sum) { std::cout << "counted " << sum << '\n'; },
                                      [](const caf::error& e) { std::cout << "error: " << to_string(e) << '\n'; });
}

int main() {
  alys::supervisor_spec root{"root"};
  auto c = root.child<counter>("counter");
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});

  caf::scoped_actor self{caf_system(system)}; // the CAF system that runs the tree
  const caf::actor address = to_caf(c);       // an ordinary CAF handle, good over restarts
  request(self, address, count{2});
  request(self, address, count{0}); // fails: a new life begins behind the same address
  request(self, address, count{3});
}
