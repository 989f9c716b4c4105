// SPDX-License-Identifier: Apache-2.0
//
// A clerk on a bench, and a stand-in for the archive that it asks, whose answers the test gives.
#pragma once

#include "clerk.hpp"

#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

#include <optional>

namespace office {

using lines = std::vector<std::string>;

struct desk {
  explicit desk(alys::child_options options = {}, alys::testkit::bench_options how = {}) : t(std::move(how)) {
    papers.emplace(t.stand_in<archive>());
    who = t.child<clerk>({}, std::move(options), papers->get(), said);
  }
  // Asks the clerk, and lets it come as far as it can.
  template <class M>
  auto asked(M message) {
    auto answer = t.ask_later(who, std::move(message));
    t.run_until_idle();
    return answer;
  }
  // Answers what the archive was asked the longest ago.
  void answer(alys::result<int> with) {
    papers->asked<look_up>().answer(std::move(with));
    t.run_until_idle();
  }
  [[nodiscard]] alys::message_counts counts() { return t.node(who).messages; }

  alys::testkit::bench t;
  std::optional<alys::testkit::probe<archive>> papers;
  journal said = std::make_shared<lines>();
  alys::ref<clerk> who;
};

} // namespace office
