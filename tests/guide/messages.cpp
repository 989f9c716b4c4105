// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>

#include <iostream>
#include <map>

using namespace std::chrono_literals;

struct price_of { using reply = int; std::string item; };               // a request: answered with an int
struct restock { using reply = void; std::string item; int price = 0; }; // a request: answered with "done"
struct visited { std::string by; };                                     // a notification: there is no answer, so nobody can ask for one
struct quote { using reply = int; std::string item; int count = 0; };
ALYS_MESSAGE(price_of, item)
ALYS_MESSAGE(restock, item, price)
ALYS_MESSAGE(visited, by)
ALYS_MESSAGE(quote, item, count)

enum class denied : std::uint8_t { none, unknown_item };
ALYS_ERRORS(denied, unknown_item)

class shop final : public alys::actor<shop> {
public:
  using messages = alys::accepts<price_of, restock, visited>;
  alys::result<int> handle(const price_of& p) { // the reply, or an error
    const auto found = prices_.find(p.item);
    if (found == prices_.end()) return alys::refuse(denied::unknown_item, p.item);
    return found->second;
  }
  void handle(const restock& r) { prices_[r.item] = r.price; }
  void handle(visited v) { last_visitor_ = std::move(v.by); } // by value: the message is ours to take apart

private:
  std::map<std::string, int> prices_;
  std::string last_visitor_;
};

class trader final : public alys::actor<trader> {
public:
  using messages = alys::accepts<quote>;
  using asks = alys::to<shop>; // whom it may ask; anything else does not compile
  explicit trader(alys::ref<shop> s) : shop_(std::move(s)) {}

  alys::promise<int> handle(const quote& q) { // the answer comes later
    alys::promise<int> answer;
    auto price = ask(shop_, price_of{q.item}, 1s);
    price.then([answer, count = q.count](int each) { answer.deliver(each * count); }, // one of the two runs, in a later turn of the trader
               [answer](const alys::error& e) { answer.deliver(e); });
    return answer;
  }

private:
  alys::ref<shop> shop_;
};

int main() {
  alys::supervisor_spec root{"market"};
  auto s = root.child<shop>("shop");
  auto t = root.child<trader>("trader", {}, {}, s);
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});

  send(s, visited{"alice"});
  if (system.ask(s, restock{"pear", 3}, 1s)) std::cout << "restocked\n";
  const alys::ref_to<price_of> prices = s; // a narrower handle: whoever gets it can do one thing only
  std::cout << "a pear costs " << system.ask(prices, price_of{"pear"}, 1s).value() << '\n';
  std::cout << "four cost " << system.ask(t, quote{"pear", 4}, 1s).value() << '\n';
  const auto unknown = system.ask(t, quote{"plum", 4}, 1s);
  if (unknown == denied::unknown_item) std::cout << unknown.error().message() << '\n';
}
