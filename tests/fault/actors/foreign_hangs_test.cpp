// SPDX-License-Identifier: Apache-2.0
//
// Plain CAF actors that do not end when they should.
#include "support/actors/tree.hpp"

#include <alys/actors/caf.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// Heeds no exit message but the one that cannot be ignored. Here and below whatever is spawned takes an argument: of a function without one
// CAF 0.17 binds a reference to a tuple that is not there, which a sanitizer stops.
caf::behavior stubborn(caf::event_based_actor* self, int) {
  self->set_exit_handler([](caf::exit_msg&) {});
  return {[](int n) { return n; }};
}

} // namespace

TEST_CASE("a CAF actor that ignores its exit message is killed when its time is up") {
  tree t;
  const auto old = supervise(t.root, "old", [](caf::actor_system& on) { return on.spawn(stubborn, 0); }, {.stop_within = 20ms});
  auto system = t.start();
  CHECK(system.shutdown(5s).in_time);
  CHECK(t.log->count("/root/old: stopped with a failure: errc::hook_timeout: did not heed its exit message, and was killed") == 1);
  CHECK(t.seen->steps.count("/root/old: stopping -> failed (1)") == 1);
}

TEST_CASE("a blocking CAF actor that never ends is left behind and named and the shutdown is in time") {
  tree t;
  const auto inside = std::make_shared<gate>();
  const auto open = std::make_shared<gate>();
  struct opener {
    ~opener() { open->open(); }
    std::shared_ptr<gate> open;
  } at_the_end{open};
  const auto old = supervise(t.root, "old",
                             [=](caf::actor_system& on) {
                               return on.spawn(
                                   [=](caf::blocking_actor*, int) {
                                     inside->open();
                                     open->pass();
                                   },
                                   0);
                             },
                             {.stop_within = 20ms});
  auto system = t.start();
  REQUIRE(inside->wait());
  const shutdown_report report = system.shutdown(5s);
  CHECK_FALSE(report.in_time);
  CHECK(report.took < 5s);
  REQUIRE(report.blockers.size() == 1);
  CHECK(report.blockers[0].path == "/root/old");
  CHECK(report.blockers[0].handling == "its exit");
  CHECK(t.log->count("/root/old: did not stop in time and was left behind, busy with its exit") == 1);
}

TEST_CASE("a blocking CAF actor that does not come down is not started a second time") {
  tree t;
  const auto open = std::make_shared<gate>();
  struct opener {
    ~opener() { open->open(); }
    std::shared_ptr<gate> open;
  } at_the_end{open};
  const auto lives = std::make_shared<std::atomic<int>>(0);
  (void)supervise(t.root, "old",
                  [=](caf::actor_system& on) {
                    ++*lives;
                    return on.spawn([=](caf::blocking_actor*, int) { open->pass(); }, 0);
                  },
                  {.stop_within = 20ms});
  auto system = t.start();
  REQUIRE(system.inject_fault("/root/old"));
  CHECK(system.wait() == end_reason::budget_exhausted);
  CHECK(lives->load() == 1);
}

TEST_CASE("a CAF actor that dies again and again spends the budget") {
  tree t;
  const auto lives = std::make_shared<std::atomic<int>>(0);
  (void)supervise(t.root, "old", [=](caf::actor_system& on) {
    return on.spawn(
        [=](caf::event_based_actor* self, int) -> caf::behavior {
          ++*lives;
          self->delayed_send(self, 1ms, 1);
          return {[=](int) { self->quit(caf::exit_reason::unhandled_exception); }};
        },
        0);
  });
  auto system = t.start();
  CHECK(system.wait() == end_reason::budget_exhausted);
  CHECK(lives->load() == 4);
}

TEST_CASE("thousands of requests over many deaths of a CAF actor are each answered once") {
  tree t{one_for_one{.restarts = 10'000}};
  const auto lives = std::make_shared<std::atomic<int>>(0);
  const auto old = supervise(t.root, "old", [=](caf::actor_system& on) {
    ++*lives;
    return on.spawn(
        [](caf::event_based_actor* self, int) -> caf::behavior {
          return {[=](int n) {
            if (n % 50 == 0) self->quit(caf::exit_reason::unhandled_exception);
            return n;
          }};
        },
        0);
  });
  auto system = t.start();
  constexpr int each = 1'000;
  constexpr int senders = 4;
  std::atomic<int> answered{0};
  std::atomic<int> turned_down{0};
  std::vector<std::thread> threads;
  for (int s = 0; s < senders; ++s)
    threads.emplace_back([&] {
      caf::scoped_actor self{caf_system(system)};
      for (int n = 1; n <= each; ++n)
        self->request(old.address(), patience, n)
            .receive([&](int) { ++answered; }, [&](caf::error& e) { turned_down += e == caf::sec::request_receiver_down ? 1 : 0; });
    });
  for (auto& thread : threads) thread.join();
  CHECK(answered + turned_down == each * senders);
  CHECK(lives->load() > 1);
}
