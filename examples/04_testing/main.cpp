// SPDX-License-Identifier: Apache-2.0
//
// Tests in virtual time: half a minute of backoff, a stand-in, planned faults and a hundred orders of events, all in a moment.
#include <alys/testkit.hpp>

#include <iostream>

using namespace std::chrono_literals;

struct transfer { using reply = void; int amount = 0; }; // what the bank is asked
struct pay { using reply = int; int amount = 0; };       // answered with all that this cashier has paid
ALYS_MESSAGE(transfer, amount)
ALYS_MESSAGE(pay, amount)

class bank final : public alys::actor<bank> { // the real one: no test has a line to it
public:
  using messages = alys::accepts<transfer>;
  alys::result<void> handle(const transfer&) { return alys::fail(alys::category::network, "no line"); }
};

class cashier final : public alys::actor<cashier> { // under test
public:
  using messages = alys::accepts<pay>;
  using asks = alys::to<bank>;
  explicit cashier(alys::ref<bank> to) : bank_(std::move(to)) {}
  alys::promise<int> handle(const pay& p) {
    alys::promise<int> answer;
    auto booked = ask(bank_, transfer{p.amount}, 2s);
    booked.then([this, answer, amount = p.amount] { answer.deliver(paid_ += amount); },
                [answer](const alys::error& e) { answer.deliver(e); });
    return answer;
  }

private:
  alys::ref<bank> bank_;
  int paid_ = 0;
};

void five_failures_in_a_row() {
  alys::testkit::bench t{{.how = alys::one_for_one{.restarts = 5, .within = 60s}}};
  auto to = t.stand_in<bank>(); // accepts what a bank accepts, and acknowledges
  auto c = t.child<cashier>({}, {.restart = alys::backoff{.initial = 1s, .jitter = alys::jitter::none}}, to.get());
  t.inject<pay>(c, {.times = 5, .effect = alys::testkit::throws{"no change"}});
  for (int i = 0; i < 6; ++i) {
    const auto answer = t.ask(c, pay{7}, 60s); // waits in the mailbox while the cashier is away
    std::cout << "after " << t.now() / 1s << " s: " << (answer ? "paid" : answer.error().message()) << '\n';
  }
}

void silent_bank() {
  alys::testkit::bench t;
  auto to = t.stand_in<bank>();
  auto c = t.child<cashier>({}, {}, to.get());
  to.holds<transfer>(); // from now on the test would have to answer
  const auto answer = t.ask(c, pay{7}, 60s);
  const int amount = to.expect<transfer>().amount;
  std::cout << "asked for " << amount << ", after " << t.now() / 1s << " s: " << to_string(answer.error().code()) << '\n';
}

// Four payments, one of which fails the cashier; each seed takes the turns in another order.
void four_payments(std::uint64_t seed) {
  alys::testkit::bench t{{.seed = seed, .shuffle = true}};
  auto to = t.stand_in<bank>();
  auto c = t.child<cashier>({}, {}, to.get());
  t.inject(c, {.nth = 1 + seed % 4});
  std::vector<alys::testkit::pending_answer<int>> answers;
  for (int i = 0; i < 4; ++i) answers.push_back(t.ask_later(c, pay{1}));
  t.run_until_idle();
  std::size_t paid = 0;
  for (auto& a : answers) {
    if (!a.arrived()) throw std::runtime_error("a payment without an answer");
    if (a.take()) ++paid;
  }
  if (paid > to.count<transfer>()) throw std::runtime_error("told that it is paid, and never booked");
}

int main() {
  five_failures_in_a_row();
  silent_bank();
  std::cout << "all answered, none paid without the bank: " << alys::testkit::for_each_seed(100, four_payments) << " seeds\n";
}
