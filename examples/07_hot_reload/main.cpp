// SPDX-License-Identifier: Apache-2.0
//
// A shop that takes new versions of its configuration while it sells: everywhere or nowhere.
#include <alys/actors.hpp>
#include <alys/actors/toml.hpp>

#include <iostream>
#include <map>

using namespace std::chrono_literals;

struct price_of { using reply = int; std::string item; };
struct stock_of { using reply = int; std::string item; };
ALYS_MESSAGE(price_of, item)
ALYS_MESSAGE(stock_of, item)

struct price_config {
  std::map<std::string, int> cents = {};
};
ALYS_CONFIG(price_config, cents)

class prices final : public alys::actor<prices, price_config> {
public:
  using messages = alys::accepts<price_of>;
  alys::result<int> handle(const price_of& p) {
    const auto found = config().cents.find(p.item);
    if (found == config().cents.end()) return alys::refuse(alys::errc::out_of_range, "no price of " + p.item);
    return found->second;
  }
  alys::result<void> prepare(const price_config& next) { // checks, and changes nothing: config() is the next one once all have agreed
    for (const auto& [item, cents] : next.cents) {
      const auto old = config().cents.find(item);
      if (old != config().cents.end() && cents > 10 * old->second)
        return alys::refuse(alys::errc::out_of_range, item + " would cost ten times as much");
    }
    return {};
  }
};

struct stock_config {
  int shelves = 1;
};
ALYS_CONFIG(stock_config, shelves)

class stock final : public alys::actor<stock, stock_config> {
public:
  using messages = alys::accepts<stock_of>;
  int handle(const stock_of&) { return static_cast<int>(shelves_.size()) * 10; }
  alys::result<std::vector<int>> prepare(const stock_config& next) { // what takes time or may fail is done here ...
    if (next.shelves < 1) return alys::refuse(alys::errc::out_of_range, "a shop needs a shelf");
    return std::vector<int>(static_cast<std::size_t>(next.shelves));
  }
  void apply(std::vector<int> shelves) noexcept { shelves_ = std::move(shelves); } // ... so that this cannot fail

private:
  std::vector<int> shelves_ = std::vector<int>(static_cast<std::size_t>(config().shelves));
};

struct shop_config {
  price_config prices;
  stock_config stock;
  std::uint32_t restarts = 3;
};
ALYS_CONFIG(shop_config, prices, stock, restarts)

// One function declares every version.
struct shop {
  explicit shop(const shop_config& config) : tree("shop", alys::one_for_one{.restarts = config.restarts}) {
    price = tree.child<prices>("prices", config.prices);
    shelf = tree.child<stock>("stock", config.stock);
  }
  alys::supervisor_spec tree;
  alys::ref<prices> price;
  alys::ref<stock> shelf;
};

int main() {
  const shop open{alys::from_toml<shop_config>("[prices.cents]\ntea = 250\n[stock]\nshelves = 2\n").value()};
  auto system = alys::system::start(open.tree, {.log = alys::log_to_nowhere()});

  const auto show = [&] {
    std::cout << "tea costs " << system.ask(open.price, price_of{"tea"}, 1s).value() << ", in stock "
              << system.ask(open.shelf, stock_of{"tea"}, 1s).value() << ", " << system.tree().policy << '\n';
  };
  const auto reload = [&](const std::string& text) {
    const auto next = alys::from_toml<shop_config>(text, "shop.toml");
    if (!next) std::cout << next.error().text() << '\n';
    else std::cout << to_string(system.reload(shop{*next}.tree)) << '\n';
    show();
  };

  show();
  reload("restarts = 5\n[prices.cents]\ntea = 300\n[stock]\nshelves = 4\n");
  reload("restarts = 9\n[prices.cents]\ntea = 310\n[stock]\nshelves = 0\n"); // the stock refuses, so the price stays too
  reload("[prices.cents]\ntea = \"free\"\n[stock]\nshelfs = 1\n");           // never comes as far as the tree
}
