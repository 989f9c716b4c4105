// SPDX-License-Identifier: Apache-2.0
//
// Errors: what each way of making one says about kind, code, category, severity and text.
#include <alys/actors/error.hpp>

#include <catch2/catch.hpp>

namespace bank {

enum class denied : std::uint8_t { none, no_such_account, over_the_limit };
ALYS_ERRORS(denied, no_such_account, over_the_limit)

enum class broken : std::uint8_t { none, disk };
constexpr alys::classification alys_classify(broken) noexcept { return {alys::category::database, alys::severity::high}; }
ALYS_ERRORS(broken, disk)

} // namespace bank

TEST_CASE("a default-made error is no error") {
  const alys::error none;
  CHECK_FALSE(none);
  CHECK_FALSE(none.refused());
  CHECK_FALSE(none.failed());
  CHECK(none.message().empty());
  CHECK_FALSE(none == alys::code{});
}

TEST_CASE("a refusal carries its code and text and is no failure") {
  const auto e = alys::refuse(bank::denied::no_such_account, "alice");
  CHECK(e.refused());
  CHECK_FALSE(e.failed());
  CHECK(e == bank::denied::no_such_account);
  CHECK_FALSE(e == bank::denied::over_the_limit);
  CHECK(e.message() == "denied::no_such_account: alice");
}

TEST_CASE("a failure with a category has no code and no severity of its own") {
  const auto e = alys::fail(alys::category::network, "connection reset");
  CHECK(e.failed());
  CHECK(e.category() == alys::category::network);
  CHECK_FALSE(e.severity().has_value());
  CHECK_FALSE(e.code());
  CHECK(e.message() == "connection reset");
}

TEST_CASE("a failure by code takes the classification of its enum") {
  const auto e = alys::fail(bank::broken::disk);
  CHECK(e.category() == alys::category::database);
  CHECK(e.severity() == alys::severity::high);
  CHECK(e.message() == "broken::disk");
}

TEST_CASE("a failure by code without classification is of unknown category") {
  const auto e = alys::fail(bank::denied::over_the_limit);
  CHECK(e.category() == alys::category::unknown);
  CHECK_FALSE(e.severity().has_value());
}

TEST_CASE("codes of different enums with the same number differ") {
  CHECK_FALSE(alys::code{bank::denied::no_such_account} == alys::code{bank::broken::disk});
}

TEST_CASE("a code that was not listed is shown by its number") {
  CHECK(alys::to_string(alys::code{static_cast<bank::denied>(9)}) == "denied::9");
  CHECK(alys::to_string(alys::code{}).empty());
}

TEST_CASE("copies of an error share what they say") {
  const auto first = alys::fail(bank::broken::disk, alys::category::resource, alys::severity::critical, "full");
  const auto second = first; // NOLINT(performance-unnecessary-copy-initialization): the copy is what is tested
  CHECK(&first.text() == &second.text());
  CHECK(second.category() == alys::category::resource);
  CHECK(second.severity() == alys::severity::critical);
}
