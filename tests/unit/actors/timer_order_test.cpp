// SPDX-License-Identifier: Apache-2.0
//
// Very many timers of one actor, in virtual time.
#include "support/actors/tree.hpp"

#include <alys/testkit.hpp>

#include <algorithm>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

TEST_CASE("fifty thousand timers of one actor fire in the order of their times and of one time as they were set") {
  constexpr int many = 50'000, times = 10'000;
  testkit::bench t;
  const auto a = t.root().child<subject>("a", {}, {}, std::make_shared<script>());
  std::vector<std::pair<std::chrono::nanoseconds, int>> fired;
  std::vector<timer> timers;
  t.send(a, perform{[&](subject& s) {
           for (int i = 0; i < many; ++i) {
             const std::chrono::nanoseconds after{1ms * ((i * 7'919LL) % times)};
             timers.push_back(s.after(after, perform{[&fired, after, i](subject&) { fired.emplace_back(after, i); }}));
           }
           for (int i = 0; i < many; i += 1'000) s.cancel(timers[static_cast<std::size_t>(i)]);
         }});
  t.advance(1ms * times);
  CHECK(fired.size() == many - many / 1'000);
  CHECK(std::is_sorted(fired.begin(), fired.end()));
  CHECK(std::none_of(fired.begin(), fired.end(), [](const auto& f) { return f.second % 1'000 == 0; }));
}

TEST_CASE("of very many timers most are cancelled in any order and the others fire in theirs") {
  constexpr int many = 50'000, times = 1'000;
  testkit::bench t;
  const auto a = t.root().child<subject>("a", {}, {}, std::make_shared<script>());
  std::vector<std::pair<std::chrono::nanoseconds, int>> fired;
  t.send(a, perform{[&](subject& s) {
           std::vector<std::pair<timer, int>> set;
           for (int i = 0; i < many; ++i) {
             const std::chrono::nanoseconds after{1ms * (1 + (i * 7'919LL) % times)};
             set.emplace_back(s.after(after, perform{[&fired, after, i](subject&) { fired.emplace_back(after, i); }}), i);
           }
           splitmix64 draw{5};
           for (std::size_t i = set.size() - 1; i > 0; --i) std::swap(set[i], set[draw() % (i + 1)]);
           for (const auto& [each, number] : set)
             if (number % 10 != 0) s.cancel(each);
           for (const auto& [each, number] : set)
             if (number % 10 != 0) s.cancel(each); // which changes nothing
         }});
  t.advance(1ms * times);
  CHECK(fired.size() == many / 10);
  CHECK(std::is_sorted(fired.begin(), fired.end()));
  CHECK(std::all_of(fired.begin(), fired.end(), [](const auto& f) { return f.second % 10 == 0; }));
}

TEST_CASE("a timer that has fired or ended with its life takes no other one along when it is cancelled") {
  testkit::bench t;
  const auto a = t.root().child<subject>("a", {}, {}, std::make_shared<script>());
  int fired = 0, later = 0, ticks = 0;
  timer gone, repeated, of_first_life;
  t.send(a, perform{[&](subject& s) { gone = s.after(1ms, perform{[&](subject&) { ++fired; }}); }});
  t.advance(1ms);
  REQUIRE(fired == 1);
  t.send(a, perform{[&](subject& s) { // in the place of the one that is gone
           repeated = s.every(1ms, perform{[&](subject& self) {
                                if (++ticks == 3) self.cancel(repeated); // itself
                              }});
           s.cancel(gone);
           s.cancel(timer{});
         }});
  t.advance(10ms);
  CHECK(ticks == 3);
  t.send(a, perform{[&](subject& s) { of_first_life = s.after(10ms, perform{[&](subject&) { ++fired; }}); }});
  t.run_until_idle();
  REQUIRE(t.system().inject_fault(a.path(), injected_fault::exception));
  t.run_until_idle();
  REQUIRE(t.incarnation(a) == 2);
  t.send(a, perform{[&](subject& s) {
           (void)s.after(10ms, perform{[&](subject&) { ++later; }});
           s.cancel(of_first_life);
         }});
  t.advance(20ms);
  CHECK(later == 1);
  CHECK(fired == 1);
}
