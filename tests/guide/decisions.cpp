// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>

#include <iostream>

using namespace std::chrono_literals;

enum class oven_error : std::uint8_t { none, burnt, door_broken };
ALYS_ERRORS(oven_error, burnt, door_broken)

struct bake { using reply = int; std::string what; }; // answers how many this life has baked
ALYS_MESSAGE(bake, what)

class oven final : public alys::actor<oven> {
public:
  using messages = alys::accepts<bake>;
  alys::result<int> handle(const bake& b) {
    if (b.what == "forgotten bread") return alys::fail(oven_error::burnt);
    if (b.what == "elephant") return alys::fail(oven_error::door_broken);
    return ++baked_;
  }

private:
  int baked_ = 0;
};

constexpr alys::row kitchen_decisions[] = {
  {oven_error::burnt, alys::action::resume},     // one loaf lost; the oven is as it was
  {oven_error::door_broken, alys::action::stop}, // no new oven object mends a door
  {alys::category::network, alys::action::restart},
};
static_assert(alys::reachable(kitchen_decisions), "a decision row is never reached");

int main() {
  alys::supervisor_spec kitchen{"kitchen", alys::one_for_one{}, {.decisions = kitchen_decisions}};
  auto o = kitchen.child<oven>("oven");
  auto system = alys::system::start(kitchen, {.log = alys::log_to_nowhere()});
  for (const char* what : {"bread", "forgotten bread", "bread", "elephant", "bread"}) {
    const auto baked = system.ask(o, bake{what}, 5s);
    std::cout << what << ": " << (baked ? std::to_string(*baked) : baked.error().message()) << '\n';
  }
}
