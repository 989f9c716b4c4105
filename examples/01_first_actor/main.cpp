#include <alys/actors.hpp>

#include <iostream>
#include <map>

using namespace std::chrono_literals;

struct deposit { using reply = int; std::string account; int amount = 0; };
struct balance { using reply = int; std::string account; };
ALYS_MESSAGE(deposit, account, amount)
ALYS_MESSAGE(balance, account)

enum class denied : std::uint8_t { none, no_such_account };
ALYS_ERRORS(denied, no_such_account)

class ledger final : public alys::actor<ledger> {
public:
  using messages = alys::accepts<deposit, balance>;
  int handle(const deposit& d) {
    if (d.amount < 0) throw std::runtime_error("a deposit below zero"); // a failure: the supervisor decides
    return book_[d.account] += d.amount;
  }
  alys::result<int> handle(const balance& b) {
    if (!book_.contains(b.account)) return alys::refuse(denied::no_such_account, b.account); // a refusal: an answer
    return book_[b.account];
  }

private:
  std::map<std::string, int> book_;
};

int main() {
  alys::supervisor_spec bank{"bank", alys::one_for_one{.restarts = 3, .within = 60s}};
  auto book = bank.child<ledger>("ledger");
  auto system = alys::system::start(std::move(bank), {.log = alys::log_to_nowhere()});
  std::cout << "alice has " << system.ask(book, deposit{"alice", 5}, 1s).value() << '\n';
  std::cout << "failed: " << system.ask(book, deposit{"alice", -1}, 1s).error().message() << '\n'; // the ledger restarts
  std::cout << "refused: " << system.ask(book, balance{"alice"}, 1s).error().message() << '\n';   // a new life
}
