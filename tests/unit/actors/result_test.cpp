// SPDX-License-Identifier: Apache-2.0
//
// result<T>: a value or an error, and what happens to those who do not look.
#include <alys/actors/result.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using alys::errc;
using alys::result;

TEST_CASE("a result made from a value holds it") {
  const result<int> r = 7;
  REQUIRE(r);
  CHECK(r.value() == 7);
  CHECK(*r == 7);
  CHECK_FALSE(r.error());
  CHECK(r == 7);
}

TEST_CASE("a result made from an error holds it and no value") {
  const result<int> r = alys::refuse(errc::deadline);
  CHECK_FALSE(r);
  CHECK(r == errc::deadline);
  CHECK(r.value_or(3) == 3);
  CHECK(r.error().refused());
}

TEST_CASE("value() of an error throws and says which error") {
  const result<std::string> r = alys::refuse(errc::mailbox_full, "ledger");
  CHECK_THROWS_AS(r.value(), alys::bad_result);
  CHECK_THROWS_WITH(r.value(), Catch::Contains("errc::mailbox_full: ledger"));
}

TEST_CASE("a value that can only be moved comes out of a result") {
  result<std::unique_ptr<int>> r = std::make_unique<int>(4);
  const auto out = std::move(r).value();
  REQUIRE(out != nullptr);
  CHECK(*out == 4);
}

TEST_CASE("a result converts what converts to its value") {
  const result<std::string> r = "text";
  REQUIRE(r);
  CHECK(r->size() == 4);
}

TEST_CASE("a result without a value is done or an error") {
  const result<void> done;
  CHECK(done);
  CHECK_NOTHROW(done.value());
  const result<void> failed = alys::fail(alys::category::timeout, "late");
  CHECK_FALSE(failed);
  CHECK_THROWS_AS(failed.value(), alys::bad_result);
}
