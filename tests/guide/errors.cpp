// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>

#include <iostream>

using namespace std::chrono_literals;

enum class post_error : std::uint8_t { none, no_address, van_broken };
constexpr alys::classification alys_classify(post_error e) noexcept { // optional: what kind of trouble each one is
  return {.category = e == post_error::van_broken ? alys::category::external : alys::category::logic};
}
ALYS_ERRORS(post_error, no_address, van_broken)

struct deliver { using reply = int; std::string to; }; // answered with the days that it takes
ALYS_MESSAGE(deliver, to)

class post final : public alys::actor<post> {
public:
  using messages = alys::accepts<deliver>;
  alys::result<int> handle(const deliver& letter) {
    if (letter.to.empty()) return alys::refuse(post_error::no_address, "the envelope is empty");
    if (letter.to == "bob") return alys::fail(post_error::van_broken);
    if (letter.to == "carol") throw std::runtime_error("the map is torn");
    return 2;
  }
};

void tell(const alys::result<int>& days) {
  if (days) return void(std::cout << *days << " days\n");
  const alys::error e = days.error();
  if (e.refused()) std::cout << "refused: " << e.message() << '\n';
  if (e.failed()) std::cout << "failed (" << to_string(e.category()) << "): " << e.message() << '\n';
  if (e.undelivered()) std::cout << "undelivered: " << e.message() << '\n';
}

int main() {
  alys::supervisor_spec root{"root"};
  auto p = root.child<post>("post");
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});
  for (const char* to : {"alice", "", "bob", "carol"}) tell(system.ask(p, deliver{to}, 5s));
  if (system.ask(p, deliver{""}, 5s) == post_error::no_address) std::cout << "a result compares with an error's code\n";
  system.shutdown(5s);
  tell(system.ask(p, deliver{"alice"}, 5s));
}
