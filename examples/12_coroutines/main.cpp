// SPDX-License-Identifier: Apache-2.0
//
// An order that reserves, pays and ships, one step after another in one function, although each step is another actor's.
#include <alys/actors.hpp>

#include <iostream>
#include <map>

using namespace std::chrono_literals;

enum class shop_error : std::uint8_t { none, sold_out, bank_closed, declined };
ALYS_ERRORS(shop_error, sold_out, bank_closed, declined)

struct reserve { using reply = int; std::string item; };       // answers the price
struct give_back { using reply = void; std::string item; };
struct charge { using reply = void; std::string who; int amount = 0; };
struct place_order { using reply = std::string; std::string who; std::string item; }; // answers the parcel's number
ALYS_MESSAGE(reserve, item)
ALYS_MESSAGE(give_back, item)
ALYS_MESSAGE(charge, who, amount)
ALYS_MESSAGE(place_order, who, item)

class stock final : public alys::actor<stock> {
public:
  using messages = alys::accepts<reserve, give_back>;
  alys::result<int> handle(const reserve& r) {
    int& left = shelf_[r.item];
    if (left == 0) return alys::refuse(shop_error::sold_out, r.item);
    --left;
    return 12;
  }
  void handle(const give_back& g) {
    ++shelf_[g.item];
    std::cout << "stock: " << g.item << " is back\n";
  }

private:
  std::map<std::string, int> shelf_{{"tea", 2}};
};

class bank final : public alys::actor<bank> {
public:
  using messages = alys::accepts<charge>;
  alys::result<void> handle(const charge& c) {
    if (++asked_ % 3 != 0) return alys::refuse(shop_error::bank_closed); // it opens now and then
    if (c.who == "mallory") return alys::refuse(shop_error::declined, c.who);
    return {};
  }

private:
  int asked_ = 0;
};

class shop final : public alys::actor<shop> {
public:
  using messages = alys::accepts<place_order>;
  using asks = alys::to<stock, bank>;
  shop(alys::ref<stock> s, alys::ref<bank> b) : stock_(std::move(s)), bank_(std::move(b)) {}

  alys::task<std::string> handle(const place_order& o) {
    auto reserving = ask(stock_, reserve{o.item}, 1s);       // an ask is named first
    const int price = co_await reserving.or_return();        // no stock: the order is answered with that
    if (const auto paid = co_await pay(o.who, price); !paid) { // here the error is ours to deal with
      auto undoing = ask(stock_, give_back{o.item}, 1s);
      co_await undoing.or_return();
      co_return paid.error();
    }
    co_return "parcel " + std::to_string(++parcels_) + " for " + o.who;
  }

private:
  // Tries again, a little later, while the bank is closed.
  alys::task<alys::result<void>> pay(std::string who, int amount) {
    for (auto pause = 1ms;; pause *= 2) {
      auto charging = ask(bank_, charge{who, amount}, 1s);
      const auto paid = co_await charging;
      if (paid != shop_error::bank_closed || pause > 100ms) co_return paid;
      std::cout << "shop: the bank is closed\n";
      co_await sleep(pause);
    }
  }

  alys::ref<stock> stock_;
  alys::ref<bank> bank_;
  int parcels_ = 0;
};

int main() {
  alys::supervisor_spec root{"market"};
  const auto shelf = root.child<stock>("stock");
  const auto teller = root.child<bank>("bank");
  const auto counter = root.child<shop>("shop", {}, {}, shelf, teller);
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});

  for (const char* who : {"alice", "mallory", "bob", "carol"}) {
    const auto parcel = system.ask(counter, place_order{who, "tea"}, 5s);
    std::cout << who << ": " << (parcel ? *parcel : parcel.error().message()) << '\n';
  }
}
