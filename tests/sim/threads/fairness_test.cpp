// SPDX-License-Identifier: Apache-2.0
//
// Busy pairs leave room for others. CAF's workers prefer what they woke up themselves, so that four pairs that play ping-pong on four
// workers would keep everybody else out for ever.
#include "support/actors/journal.hpp"

#include <alys/actors.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <atomic>

using namespace std::chrono_literals;

namespace {

class tennis_player;
struct ball {
  alys::ref<tennis_player> from;
};
struct hello {
  using reply = int;
  bool fail = false;
};
ALYS_MESSAGE(ball)
ALYS_MESSAGE(hello, fail)

// Returns every ball, until it is over.
class tennis_player final : public alys::actor<tennis_player> {
public:
  using messages = alys::accepts<ball>;
  tennis_player(alys::ref<tennis_player> partner, std::atomic<std::uint64_t>& balls, std::atomic<bool>& over)
      : partner_(std::move(partner)), balls_(&balls), over_(&over) {}
  void started() {
    if (partner_) send(partner_, ball{self()});
  }
  void handle(const ball& b) {
    balls_->fetch_add(1, std::memory_order_relaxed);
    if (!over_->load(std::memory_order_relaxed)) send(b.from, ball{self()});
  }

private:
  alys::ref<tennis_player> partner_;
  std::atomic<std::uint64_t>* balls_;
  std::atomic<bool>* over_;
};

class late final : public alys::actor<late> {
public:
  using messages = alys::accepts<hello>;
  alys::result<int> handle(const hello& h) {
    if (h.fail) return alys::fail(alys::category::unknown, "as asked");
    return static_cast<int>(incarnation());
  }
};

} // namespace

TEST_CASE("four busy pairs on four workers starve neither a late actor nor a restart") {
  std::array<std::atomic<std::uint64_t>, 4> balls{};
  std::atomic<bool> over{false};
  alys::supervisor_spec root{"root", alys::one_for_one{.restarts = 1'000, .within = 60s}};
  for (std::size_t pair = 0; pair < balls.size(); ++pair) {
    const std::string number = std::to_string(pair);
    const auto waits =
        root.child<tennis_player>("waits-" + number, {}, {}, alys::ref<tennis_player>{}, std::ref(balls.at(pair)), std::ref(over));
    root.child<tennis_player>("serves-" + number, {}, {}, waits, std::ref(balls.at(pair)), std::ref(over));
  }
  const auto guests = root.children<late>("guest-{}");
  auto system = alys::system::start(std::move(root), {.threads = 4, .log = alys::log_to_nowhere()});
  for (const auto& each : balls) REQUIRE(alys::test::eventually([&] { return each.load() > 0; })); // all of them play

  const auto guest = guests.start("one", {}).value(); // starts through its supervisor, among all that play
  for (int life = 1; life <= 20; ++life) {
    REQUIRE(system.ask(guest, hello{}, 20s) == life);
    REQUIRE(system.ask(guest, hello{.fail = true}, 20s).error().failed());
    REQUIRE(system.ask(guest, hello{}, 20s) == life + 1);
  }
  over = true;
  CHECK(system.shutdown().in_time);
}
