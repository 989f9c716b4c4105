// SPDX-License-Identifier: Apache-2.0
//
// The reference model of cells on turns and times: urgent messages before normal ones, and answers that come while somebody waits.
#include "cell_model.hpp"

#include <catch2/catch.hpp>

using namespace alys::sim;
using namespace std::chrono_literals;
using alys::outcome;
using Catch::Contains;

namespace {

// A cell that asks and one that answers.
struct pair_of_cells {
  cell_model model;
  cell_number asker = model.add_cell({});
  cell_number other = model.add_cell({});

  pair_of_cells() {
    model.saw_started(asker, 1);
    model.saw_started(other, 1);
  }
  message_number send(const outgoing& what) {
    const auto m = model.send(what);
    model.saw_at_the_door(m, model.expected_at_the_door(m));
    return m;
  }
  message_number ask() { return send({.to = other, .request = true, .from = asker}); }
  void handle(message_number m) {
    model.saw_begin(m, 1);
    model.saw_end(m, ending::handled);
  }
  std::string found() const {
    std::string lines;
    for (const auto& p : model.problems()) lines += p + '\n';
    return lines;
  }
};

using bounds = std::pair<std::uint64_t, std::uint64_t>;

} // namespace

TEST_CASE("a normal message before an urgent one is found unless sixteen urgent ones went before it") {
  pair_of_cells cells;
  for (int i = 0; i < 16; ++i) cells.handle(cells.send({.to = cells.other, .urgent = true}));
  const auto normal = cells.send({.to = cells.other});
  cells.send({.to = cells.other, .urgent = true});
  cells.handle(normal);
  CHECK_THAT(cells.found(), !Contains("which is urgent"));
  cells.handle(cells.send({.to = cells.other}));
  CHECK_THAT(cells.found(), Contains("which is urgent"));
}

TEST_CASE("a seventeenth urgent message before a normal one that waits is found") {
  pair_of_cells cells;
  cells.send({.to = cells.other});
  for (int i = 0; i < 16; ++i) cells.handle(cells.send({.to = cells.other, .urgent = true}));
  CHECK_THAT(cells.found(), !Contains("too many"));
  cells.handle(cells.send({.to = cells.other, .urgent = true}));
  CHECK_THAT(cells.found(), Contains("too many"));
}

TEST_CASE("an answer that was given before the deadline and did not arrive is found") {
  pair_of_cells cells;
  const auto in_time = cells.ask(), lost = cells.ask();
  cells.model.time_is(5ms);
  cells.handle(in_time);
  cells.model.saw_answer(in_time, answer::deadline); // at the same moment: either may come first
  cells.handle(lost);
  CHECK_THAT(cells.found(), !Contains("did not arrive"));
  cells.model.time_is(6ms);
  cells.model.saw_answer(lost, answer::deadline);
  CHECK_THAT(cells.found(), Contains("did not arrive"));
}

TEST_CASE("how many answers have nobody to go to is known") {
  pair_of_cells cells;
  const auto answered = cells.ask(), promised = cells.ask(), late = cells.ask();
  cells.ask(); // queued to the end
  cells.handle(answered);
  cells.model.saw_answer(answered, answer::value);
  cells.model.saw_begin(promised, 1);
  cells.model.saw_promise(promised);
  cells.model.saw_answer(late, answer::deadline);
  CHECK(cells.model.lost_answers_expected(cells.asker) == bounds{0, 0});
  cells.handle(late);
  CHECK(cells.model.lost_answers_expected(cells.asker) == bounds{1, 1});
  cells.model.saw_late_answer(cells.asker);
  CHECK(cells.model.lost_answers(cells.asker) == 1);
  cells.model.saw_outcome(cells.asker, outcome::restart);
  cells.model.saw_paid(promised);
  CHECK(cells.model.lost_answers_expected(cells.asker) == bounds{2, 2});
}

TEST_CASE("an answer past its deadline that an escalation may have cancelled counts at most") {
  pair_of_cells cells;
  const auto late = cells.ask(), cancelled = cells.ask();
  cells.model.saw_answer(late, answer::deadline);
  cells.model.saw_outcome(cells.asker, outcome::escalate);
  cells.handle(late);
  cells.handle(cancelled);
  CHECK(cells.model.lost_answers_expected(cells.asker) == bounds{0, 1});
}
