// SPDX-License-Identifier: Apache-2.0
//
// The reference model of the quarantine itself: what may be replayed or discarded, and who is told what.
#include "quarantine_model.hpp"

#include <catch2/catch.hpp>

using namespace alys::sim;
using alys::errc;
using alys::outcome;
using Catch::Contains;

namespace {

// A cell whose first failure sends its message to quarantine, as number 1.
struct poisoned {
  cell_model cells;
  cell_number cell = cells.add_cell({.capacity = 1}, {.times = 1, .quarantine_after = 1});
  quarantine_model model{cells};
  message_number poison = 0;

  explicit poisoned(bool request) {
    cells.saw_started(cell, 1);
    poison = send(request);
    fail(1);
  }
  message_number send(bool request) {
    const auto m = cells.send({.to = cell, .request = request});
    cells.saw_at_the_door(m, cells.expected_at_the_door(m));
    return m;
  }
  void fail(std::uint32_t incarnation) {
    cells.saw_begin(poison, incarnation);
    cells.saw_end(poison, ending::failed);
    model.saw_entry(incarnation, poison);
    cells.saw_outcome(cell, outcome::restart);
    cells.saw_started(cell, incarnation + 1);
  }
  void replay(std::uint64_t id) { model.saw_replay(id, model.expected_of_replay(id)); }
  std::string found() const {
    std::string lines;
    for (const auto& p : cells.problems()) lines += p + '\n';
    return lines;
  }
};

} // namespace

TEST_CASE("a replay goes by the door of its cell") {
  poisoned p{false};
  CHECK(p.model.expected_of_replay(2).refused == errc::no_such_message);
  const auto waiting = p.send(false);
  CHECK(p.model.expected_of_replay(1).refused == errc::mailbox_full);
  p.replay(1); // and it stays
  p.cells.saw_begin(waiting, 2);
  p.cells.saw_end(waiting, ending::handled);
  p.replay(1);
  CHECK(p.model.inside().empty());
  CHECK(p.cells.waiting(p.cell) == std::vector{p.poison});
  p.fail(2); // the count begins anew, under another number
  p.cells.saw_outcome(p.cell, outcome::stop);
  CHECK(p.model.expected_of_replay(2).refused == errc::stopped);
  CHECK(p.found().empty());
}

TEST_CASE("whoever asked is told when a message is quarantined and of its replay nobody but by a dead letter") {
  poisoned p{true};
  CHECK_THAT(p.found(), Contains("message 0 is a request and was never answered"));
  p.cells.saw_answer(p.poison, answer::failure);
  CHECK(p.found().empty());
  p.replay(1);
  p.cells.saw_outcome(p.cell, outcome::stop);
  CHECK_THAT(p.found(), Contains("message 0 was lost without a dead letter: undelivered"));
  p.cells.saw_dead_letter(p.poison);
  CHECK(p.found().empty());
  p.cells.saw_answer(p.poison, answer::undelivered);
  CHECK_THAT(p.found(), Contains("message 0 was answered more than once"));
}

TEST_CASE("what is discarded has ended and a replay of what is not there is found") {
  poisoned p{false};
  CHECK(p.model.saw_discard(1) == p.poison);
  CHECK_FALSE(p.model.saw_discard(1));
  CHECK_THAT(p.found(), Contains("message 0 was lost without a dead letter: undelivered"));
  p.cells.saw_dead_letter(p.poison);
  CHECK(p.found().empty());
  p.cells.saw_replay(p.poison, {});
  CHECK_THAT(p.found(), Contains("message 0 was taken out of quarantine, where it was not"));
}
