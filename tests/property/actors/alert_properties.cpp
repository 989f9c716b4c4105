// SPDX-License-Identifier: Apache-2.0
//
// Laws of a threshold: raised and cleared in turns, and only for a reason.
#include <alys/actors/alerts.hpp>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <vector>

TEST_CASE("a threshold is raised and cleared in turns and only after enough looks that agree") {
  rc::prop("latch", [] {
    const double threshold = *rc::gen::inRange(0, 100);
    const double hysteresis = *rc::gen::inRange(0, 50);
    const auto looks = *rc::gen::inRange<std::uint32_t>(1, 4);
    const auto values = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-60, 150));
    alys::alert_latch latch{threshold, hysteresis, looks};
    bool raised = false;
    std::uint32_t high = 0;
    std::uint32_t low = 0;
    for (const int v : values) {
      const auto changed = latch.look(v);
      high = v >= threshold ? high + 1 : 0;
      low = v < threshold - hysteresis ? low + 1 : 0;
      if (changed == alys::alert_latch::change::raised) {
        RC_ASSERT(!raised);
        RC_ASSERT(high >= looks);
        raised = true;
      } else if (changed == alys::alert_latch::change::cleared) {
        RC_ASSERT(raised);
        RC_ASSERT(low >= looks);
        raised = false;
      } else if (!raised) {
        RC_ASSERT(high < looks);
      }
      RC_ASSERT(latch.raised() == raised);
    }
  });
}
