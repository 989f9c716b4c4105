// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>

#include <iostream>
#include <thread>

using namespace std::chrono_literals;

enum class till_error : std::uint8_t { none, empty };
ALYS_ERRORS(till_error, empty)

struct withdraw {
  using reply = void;
  int amount = 0;
};
ALYS_MESSAGE(withdraw, amount)

class till final : public alys::actor<till> {
public:
  using messages = alys::accepts<withdraw>;
  alys::result<void> handle(const withdraw&) { return alys::refuse(till_error::empty); }
};

// Told by a thread of the sink's own, which may wait.
class pager final : public alys::alert_sink {
public:
  explicit pager(std::atomic<bool>& called) : called_(&called) {}
  alys::result<void> deliver(const alys::alert& what) override {
    std::cout << to_string(what) << std::endl;
    *called_ = true;
    return {};
  }

private:
  std::atomic<bool>* called_;
};

int main() {
  std::atomic<bool> called = false;
  const alys::alert_rule refusals{
      .name = "refusals",
      .measure = [](const alys::tree_node& n) { return static_cast<double>(n.messages.refused); },
      .limits = {.warning = 3},
  };
  alys::supervisor_spec root{"shop"};
  auto money = root.child<till>("till");
  auto system = alys::system::start(root, {
      .watchdog = {.period = 1s}, // whose thread looks
      .alerts = {
          .rules = {alys::alert_on_health(), alys::alert_on_queue({.warning = 0.5, .critical = 0.9, .hysteresis = 0.1}), refusals},
          .sinks = {std::make_shared<pager>(called)},
          .period = 1s,
      },
  });

  for (int i = 0; i < 3; ++i) std::cout << system.ask(money, withdraw{5}, 1s).error().message() << '\n';
  std::cout << std::flush;
  while (!called) std::this_thread::sleep_for(1ms);
  std::cout << system.alerts().size() << " raised now\n";
}
