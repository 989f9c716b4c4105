// SPDX-License-Identifier: Apache-2.0
//
// Turns.
#include <alys/domain/aura/schedule.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace alys::domain;

TEST_CASE("authorities take slots in turn") {
  CHECK(author_of(slot{340'651'259}, 6) == authority_index{5});
  CHECK(author_of(slot{0}, 3) == authority_index{0});
  CHECK(author_of(slot{4}, 3) == authority_index{1});
  CHECK(author_of(slot::max(), 1) == authority_index{0});
  CHECK(author_of(slot{255}, max_authorities) == authority_index{255});
}

TEST_CASE("a chain without authorities or with too many is a bug") {
  CHECK_THROWS_AS(author_of(slot{1}, 0), std::invalid_argument);
  CHECK_THROWS_AS(author_of(slot{1}, max_authorities + 1), std::invalid_argument);
}
