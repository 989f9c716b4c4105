// SPDX-License-Identifier: Apache-2.0
//
// The reference model of topics itself: who gets a copy, what each mailbox makes of it, and what a look at the topic must show.
#include "topic_model.hpp"

#include <catch2/catch.hpp>

using namespace alys::sim;
using alys::outcome;
using Catch::Contains;

namespace {

struct readers {
  cell_model cells;
  cell_number wide = cells.add_cell({});
  cell_number narrow = cells.add_cell({.capacity = 1});
  topic_model model{cells, 1};

  readers() {
    for (const cell_number c : {wide, narrow}) {
      cells.saw_started(c, 1);
      model.subscribe(0, c);
    }
  }
  [[nodiscard]] std::string difference(const alys::topic_view& seen) const { return model.difference(0, seen, {"/wide", "/narrow"}); }
};

} // namespace

TEST_CASE("each subscriber gets a copy of its own and a full one misses it") {
  readers r;
  r.model.subscribe(0, r.wide); // once more changes nothing
  REQUIRE(r.model.publish(0).size() == 2);
  CHECK(r.model.expected() == alys::publication{.delivered = 2});
  CHECK(r.model.copy_for(r.model.last(), r.wide) != r.model.copy_for(r.model.last(), r.narrow));
  REQUIRE(r.model.publish(0).size() == 2);
  CHECK(r.model.expected() == alys::publication{.delivered = 1, .missed = 1});
  CHECK(r.difference({.published = 2, .subscribers = {{"/wide", 2, 0}, {"/narrow", 1, 1}}}).empty());
  CHECK_THAT(r.difference({.published = 2, .subscribers = {{"/wide", 2, 0}, {"/narrow", 2, 0}}}), Contains("it should be 1 and 1"));
  CHECK_THAT(r.difference({.published = 2, .subscribers = {{"/wide", 2, 0}}}), Contains("1 subscribers, not 2"));
  CHECK_THAT(r.difference({.published = 1, .subscribers = {}}), Contains("1 publications"));
}

TEST_CASE("a subscription outlives a restart and ends with its slot or by hand") {
  readers r;
  r.cells.saw_outcome(r.wide, outcome::restart);
  CHECK(r.model.publish(0).size() == 2);
  r.cells.saw_outcome(r.wide, outcome::stop);
  r.model.subscribe(0, r.wide);
  CHECK(r.model.publish(0).size() == 1);
  CHECK(r.model.ended() == 1);
  r.model.unsubscribe(0, r.narrow);
  CHECK(r.model.publish(0).empty());
}
