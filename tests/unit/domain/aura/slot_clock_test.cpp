// SPDX-License-Identifier: Apache-2.0
//
// Times and slots.
#include <alys/domain/aura/slot_clock.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace alys::domain;
using namespace std::chrono_literals;

TEST_CASE("a slot is the whole number of durations since 1970") {
  CHECK(slot_clock{5s}.slot_at(unix_milliseconds{1'703'256'299'459}) == slot{340'651'259});
  CHECK(slot_clock{2s}.slot_at(unix_milliseconds{0}) == slot{0});
  CHECK(slot_clock{2s}.slot_at(unix_milliseconds{1'999}) == slot{0});
  CHECK(slot_clock{2s}.slot_at(unix_milliseconds{2'000}) == slot{1});
  CHECK(slot_clock{1ms}.slot_at(unix_milliseconds::max()) == slot::max());
}

TEST_CASE("a slot begins at its first millisecond") {
  const slot_clock clock{100ms};
  CHECK(clock.start_of(slot{17'000'000'000}) == unix_milliseconds{1'700'000'000'000});
  CHECK(clock.slot_at(clock.start_of(slot{7})) == slot{7});
  CHECK(clock.slot_at(unix_milliseconds{clock.start_of(slot{7}).value() - 1}) == slot{6});
}

TEST_CASE("a slot beyond the range of times begins at the last one") {
  CHECK(slot_clock{2s}.start_of(slot::max()) == unix_milliseconds::max());
  CHECK(slot_clock{2s}.start_of(slot{unix_milliseconds::max().value() / 2'000}) < unix_milliseconds::max());
}

TEST_CASE("the next slot is always ahead") {
  const slot_clock clock{2s};
  CHECK(clock.until_next(unix_milliseconds{0}) == 2s);
  CHECK(clock.until_next(unix_milliseconds{1}) == 1'999ms);
  CHECK(clock.until_next(unix_milliseconds{3'999}) == 1ms);
}

TEST_CASE("a clock may be in the slots that its drift reaches") {
  const slot_clock clock{2s};
  const slot here{500'000};
  const unix_milliseconds begins = clock.start_of(here);
  CHECK(clock.may_be_in(here, begins, 0ms));
  CHECK(clock.may_be_in(here, begins + 1'999, 0ms));
  CHECK_FALSE(clock.may_be_in(here, begins + 2'000, 0ms));
  CHECK(clock.may_be_in(here, begins + 2'499, 500ms));
  CHECK_FALSE(clock.may_be_in(here, begins + 2'500, 500ms));
  CHECK(clock.may_be_in(here, unix_milliseconds{begins.value() - 500}, 500ms));
  CHECK_FALSE(clock.may_be_in(here, unix_milliseconds{begins.value() - 501}, 500ms));
  CHECK(clock.may_be_in(slot{0}, unix_milliseconds{0}, 1min));
  CHECK(clock.may_be_in(clock.slot_at(unix_milliseconds::max()), unix_milliseconds::max(), 1min));
}

TEST_CASE("a slot without length is a bug") {
  CHECK_THROWS_AS(slot_clock{0ms}, std::invalid_argument);
  CHECK_THROWS_AS(slot_clock{-1ms}, std::invalid_argument);
}
