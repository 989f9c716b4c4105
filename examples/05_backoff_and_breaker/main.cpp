// SPDX-License-Identifier: Apache-2.0
//
// A bank that goes down for a while, and an actor before it: a backoff for the odd failure, a breaker for the long one.
#include <alys/testkit.hpp>

#include <iostream>

using namespace std::chrono_literals;

// The service outside. In virtual time it is enough that it knows when it is down.
struct bank {
  bool down = false;
  int connections = 0;
  [[nodiscard]] bool connect() {
    ++connections;
    return !down;
  }
};

struct balance_of { using reply = int; std::string account; };
ALYS_MESSAGE(balance_of, account)

class teller final : public alys::actor<teller> {
public:
  using messages = alys::accepts<balance_of>;
  explicit teller(std::shared_ptr<bank> b) : bank_(std::move(b)) {}
  alys::result<void> initialize() { // a life begins with a connection
    if (!bank_->connect()) return alys::fail(alys::category::network, "the bank does not answer");
    return {};
  }
  alys::result<int> handle(const balance_of&) {
    if (bank_->down) return alys::fail(alys::category::network, "connection lost");
    return 100;
  }

private:
  std::shared_ptr<bank> bank_;
};

int main() {
  const auto outside = std::make_shared<bank>();
  alys::testkit::bench t; // virtual time, one thread: see the chapter on testing
  const auto desk = t.child<teller>({}, {.restart = alys::backoff{.initial = 1s, .cap = 10s, .jitter = alys::jitter::none},
                                         .breaker = alys::breaker{.failures = 3, .open_for = 30s, .successes = 2}},
                                    outside);

  const auto ask = [&] {
    const auto balance = t.ask(desk, balance_of{"alice"});
    const auto seen = t.node(desk).breaker.value();
    std::cout << t.now() / 1s << " s: " << (balance ? std::to_string(*balance) : balance.error().message()) << "; breaker "
              << to_string(seen.state) << ", connections " << outside->connections << '\n';
  };

  ask();
  outside->down = true;
  ask();           // lost; one backoff of a second, one of two, and the third failure in a row opens the breaker
  t.advance(10s);
  ask();           // answered at once: nobody waits for a bank that is down
  t.advance(23s);  // half-open: one more connection, in vain
  ask();
  outside->down = false;
  t.advance(30s);
  ask();           // a probe that succeeds; two of them close it
  ask();
  ask();
}
