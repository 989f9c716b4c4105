// SPDX-License-Identifier: Apache-2.0
#include <alys/testkit.hpp>

#include <iostream>

using namespace std::chrono_literals;

struct work { using reply = std::uint32_t; bool well = true; }; // answers which life has done it
ALYS_MESSAGE(work, well)

class part final : public alys::actor<part> {
public:
  using messages = alys::accepts<work>;
  alys::result<std::uint32_t> handle(const work& w) {
    if (!w.well) return alys::fail(alys::category::resource, "out of paper");
    return incarnation();
  }
};

// Caches are filled from the store: they start anew with it, and with nothing else.
void with_caches(const alys::failure& what, std::span<alys::sibling> children) {
  if (!what.path.ends_with("/store")) return;
  for (auto& child : children) {
    if (child.name.starts_with("cache-")) child.then = alys::action::restart;
  }
}

int main() {
  alys::strategy_set own;
  own.add("with_caches", with_caches);
  const auto chosen = alys::strategy::by_name("with_caches", {.restarts = 1, .within = 60s}, own).value(); // the name as from a config
  std::cout << alys::strategy::by_name("with_cashes", {}, own).error().text() << '\n';

  alys::testkit::bench t; // virtual time, one thread: see the chapter on testing
  alys::supervisor_spec& shop = t.root().supervisor("shop", chosen.with(alys::escalation::degrade));
  const auto cache = shop.child<part>("cache-a");
  const auto store = shop.child<part>("store");
  const auto door = shop.child<part>("door");
  const auto tell = [&] {
    for (const auto& each : {cache, store, door}) {
      const auto life = t.ask(each, work{});
      std::cout << each.path() << ": " << (life ? "life " + std::to_string(*life) : life.error().message()) << '\n';
    }
    std::cout << to_string(t.tree().health.state) << ' ' << t.tree().health.why << '\n';
  };

  std::cout << t.ask(store, work{false}).error().message() << '\n';
  tell();
  std::cout << t.ask(store, work{false}).error().message() << '\n'; // more than one restart a minute: without it, from now on
  tell();
}
