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
