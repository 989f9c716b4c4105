// SPDX-License-Identifier: Apache-2.0
#include <alys/testkit.hpp>

#include <iostream>

using namespace std::chrono_literals;

struct tick {};
ALYS_MESSAGE(tick)

class pump final : public alys::actor<pump> {
public:
  using messages = alys::accepts<tick>;
  void initialize() { // takes what the actor needs; timers are set here, for each life anew
    say("initialize");
    every(1s, tick{});
  }
  void started() { say("started"); }
  void handle(const tick&) { say("tick"); }
  void stopping() { say("stopping"); } // finishes, or hands over, what is pending
  void stopped() { say("stopped"); }
  ~pump() override { say("gone"); }

private:
  void say(const char* what) const { std::cout << "life " << life_ << ", " << now() / 1s << " s: " << what << '\n'; }
  std::uint32_t life_ = incarnation();
};

int main() {
  alys::testkit::bench t; // virtual time, one thread: see the chapter on testing
  const auto p = t.child<pump>();
  t.advance(1s);
  t.fail_next(p); // the next tick fails it
  t.advance(2s);
  t.shutdown();
}
