// SPDX-License-Identifier: Apache-2.0
//
// Two foreign children of which a reload brings another version.
#include <alys/actors.hpp>
#include <alys/actors/caf.hpp>
#include <alys/actors/component.hpp>

#include <iostream>
#include <mutex>

using namespace std::chrono_literals;

struct shop_config {
  std::string source = "old.txt";
  int begin = 0;
};

class price_service { // has locks and threads, and is no actor
public:
  void open(const std::string& source) {
    const std::lock_guard guard(mutex_);
    source_ = source;
  }
  std::string source() const {
    const std::lock_guard guard(mutex_);
    return source_;
  }

private:
  mutable std::mutex mutex_;
  std::string source_;
};

caf::behavior adder(caf::event_based_actor*, int begin) {
  auto sum = std::make_shared<int>(begin);
  return {[sum](int n) { return *sum += n; }};
}

struct shop {
  shop(const shop_config& config, price_service& prices) : root("shop") {
    alys::supervise(root, "prices", alys::component{
      .start = [&prices, source = config.source] { return prices.open(source), alys::result<void>{}; },
      .version = config.source, // another one: stopped in order, and started with the new functions
    });
    const auto spawn = [begin = config.begin](caf::actor_system& on) { return on.spawn(adder, begin); };
    sum = alys::supervise(root, "sum", spawn, {.restart = alys::backoff{}}, std::to_string(config.begin)); // the last one is its version
  }
  alys::supervisor_spec root;
  alys::foreign<caf::actor> sum;
};

int main() {
  price_service prices;
  const shop open{shop_config{}, prices};
  auto system = alys::system::start(open.root, {.log = alys::log_to_nowhere()});
  const auto show = [&] {
    caf::scoped_actor self{alys::caf_system(system)};
    std::cout << "prices from " << prices.source();
    self->request(open.sum.address(), 5s, 2).receive([](int sum) { std::cout << ", sum " << sum << '\n'; }, [](const caf::error&) {});
  };
  const auto reload = [&](const shop_config& next, const std::string& whom) {
    std::cout << to_string(system.reload(shop{next, prices}.root)) << '\n';
    while (alys::find(system.tree(), whom)->incarnation < 2 || !system.ready()) {} // it restarts, nobody waits for that
    show();
  };
  show();
  reload({.source = "new.txt"}, "/shop/prices");
  reload({.source = "new.txt", .begin = 100}, "/shop/sum");
}
