// SPDX-License-Identifier: Apache-2.0
//
// A service with a mutex moves into a tree: first as it is, then its hot part as an actor.
#include <alys/actors.hpp>
#include <alys/actors/component.hpp>

#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

using namespace std::chrono_literals;

// ---- what was there before: prices behind a lock, filled by open() ----

class price_service {
public:
  using listener = std::function<void(const std::string& item, int cents)>;

  bool open() {
    const std::lock_guard guard(mutex_);
    prices_ = {{"apple", 30}, {"pear", 45}};
    open_ = true;
    if (listener_)
      for (const auto& [item, cents] : prices_) listener_(item, cents);
    return true;
  }
  void close() {
    const std::lock_guard guard(mutex_);
    prices_.clear();
    open_ = false;
  }
  bool is_open() const {
    const std::lock_guard guard(mutex_);
    return open_;
  }
  std::optional<int> price(const std::string& item) const {
    const std::lock_guard guard(mutex_); // the lock that everybody waits for
    const auto found = prices_.find(item);
    return found != prices_.end() ? std::optional{found->second} : std::nullopt;
  }
  void tell(listener whom) { listener_ = std::move(whom); }

private:
  mutable std::mutex mutex_;
  std::map<std::string, int> prices_;
  listener listener_;
  bool open_ = false;
};

// The three functions that make it a child of a supervisor. Its code does not change.
alys::component as_component(price_service& prices) {
  return {
      .start = [&]() -> alys::result<void> {
        if (!prices.open()) return alys::fail(alys::category::external, "no prices to be had");
        std::cout << "prices opened\n";
        return {};
      },
      .stop = [&]() -> alys::result<void> {
        prices.close();
        std::cout << "prices closed\n";
        return {};
      },
      .health = [&] { return prices.is_open() ? alys::health_report{} : alys::health_report{alys::health_state::unhealthy, "closed"}; },
  };
}

// ---- the actors of the tree ----

enum class denied : std::uint8_t { none, no_such_item };
ALYS_ERRORS(denied, no_such_item)

struct price_of { using reply = int; std::string item; };
struct priced { std::string item; int cents = 0; }; // a notification: from now on it costs that much
ALYS_MESSAGE(price_of, item)
ALYS_MESSAGE(priced, item, cents)

// First step: an actor in front of the service. Whoever asks it is out of the lock's reach; the actor itself still takes it, briefly.
class front final : public alys::actor<front> {
public:
  using messages = alys::accepts<price_of>;
  explicit front(const price_service* prices) : prices_(prices) {}
  alys::result<int> handle(const price_of& p) {
    if (const auto cents = prices_->price(p.item)) return *cents;
    return alys::refuse(denied::no_such_item, p.item);
  }

private:
  const price_service* prices_;
};

// Second step: the same messages, and no lock. The service only tells it what changes.
class price_list final : public alys::actor<price_list> {
public:
  using messages = alys::accepts<price_of, priced>;
  alys::result<int> handle(const price_of& p) {
    const auto found = prices_.find(p.item);
    if (found == prices_.end()) return alys::refuse(denied::no_such_item, p.item);
    return found->second;
  }
  void handle(const priced& p) { prices_[p.item] = p.cents; }

private:
  std::map<std::string, int> prices_;
};

void show(alys::system& system, const alys::ref_to<price_of>& prices, const std::string& item) {
  const auto cents = system.ask(prices, price_of{item}, 5s);
  std::cout << item << ": " << (cents ? std::to_string(*cents) : cents.error().message()) << '\n';
}

void the_service_as_it_is() {
  std::cout << "-- the service as it is\n";
  price_service service;
  alys::supervisor_spec root{"shop", alys::rest_for_one{}};
  alys::supervise(root, "prices", as_component(service));
  auto prices = root.child<front>("front", {}, {}, &service);
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});
  show(system, prices, "apple");
  show(system, prices, "plum");
  system.shutdown(5s); // last started, first stopped: nobody asks a closed service
}

// Waits until the list knows the item, as after every start of the service.
void await(alys::system& system, const alys::ref_to<price_of>& prices, const std::string& item) {
  while (!system.ask(prices, price_of{item}, 5s)) {}
}

void its_hot_part_as_an_actor() {
  std::cout << "-- its hot part as an actor\n";
  price_service service;
  alys::supervisor_spec root{"shop", alys::one_for_all{}};
  auto prices = root.child<price_list>("list");
  service.tell([prices](const std::string& item, int cents) { send(prices, priced{item, cents}); });
  alys::supervise(root, "prices", as_component(service), {.restart = alys::backoff{.initial = 1ms, .cap = 10ms}});
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});
  await(system, prices, "pear");
  show(system, prices, "pear");

  // The old part fails. The supervisor closes it, opens it again, and it fills the list once more.
  (void)system.inject_fault("/shop/prices");
  while (alys::find(system.tree(), "/shop/prices")->incarnation < 2 || !system.ready()) {}
  await(system, prices, "pear");
  show(system, prices, "pear");
  system.shutdown(5s);
}

int main() {
  the_service_as_it_is();
  its_hot_part_as_an_actor();
}
