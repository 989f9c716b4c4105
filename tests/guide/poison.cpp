// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>

#include <iostream>

using namespace std::chrono_literals;

struct deposit {
  using reply = int; // the balance
  std::string account;
  int amount = 0;
};
ALYS_MESSAGE(deposit, account, amount)

class ledger final : public alys::actor<ledger> {
public:
  using messages = alys::accepts<deposit>;
  alys::result<int> handle(const deposit& d) {
    if (d.amount > limit_) return alys::fail(alys::category::external, "over the limit");
    return balance_ += d.amount;
  }

private:
  int limit_ = 100;
  int balance_ = 0;
};

int main() {
  alys::supervisor_spec root{"bank", alys::one_for_one{.restarts = 10}};
  auto book = root.child<ledger>("ledger", {}, {.redeliver = {.times = 5, .quarantine_after = 3}});
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});

  std::cout << system.ask(book, deposit{"alice", 500}, 5s).error().message() << '\n'; // after three incarnations
  std::cout << system.ask(book, deposit{"bob", 5}, 5s).value() << '\n';               // the fourth goes on without it

  for (const auto& q : system.quarantined()) {
    std::cout << to_string(q) << '\n';
    if (!system.discard(q.id)) return 1; // a dead letter, counted; or replay(q.id): back into the mailbox, once
  }
  std::cout << system.quarantined().size() << " in quarantine\n";
}
