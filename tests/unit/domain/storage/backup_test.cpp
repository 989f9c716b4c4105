// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/storage/backup.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;

TEST_CASE("a backup is named like a folder") {
  for (const std::string& good :
       {std::string{"a"}, std::string{"7"}, std::string{"2026-11-23T10-15-00Z"}, std::string{"before_v2.1"}, std::string(64, 'x')}) {
    INFO(good);
    CHECK(check_backup_name(good));
  }
}

TEST_CASE("a name that leads anywhere else is refused") {
  for (const std::string& bad :
       {std::string{}, std::string{"."}, std::string{".."}, std::string{"../a"}, std::string{"a/b"}, std::string{"/a"}, std::string{"a/"},
        std::string{".a"}, std::string{"-a"}, std::string{"_a"}, std::string{"a b"}, std::string{"a\n"}, std::string{"a\0b", 3},
        std::string{"\xc3\xa4"}, std::string{"a.unfinished"}, std::string(65, 'x')}) {
    INFO(bad);
    CHECK(check_backup_name(bad) == backup_refusal::bad_name);
    CHECK_FALSE(check_backup_name(bad).error().text().empty());
  }
}

TEST_CASE("a backup without a name is called by the time and that is a good name") {
  CHECK(backup_name_at(unix_milliseconds{0}) == "1970-01-01T00-00-00Z");
  CHECK(backup_name_at(unix_milliseconds{1'000'000'000'999}) == "2001-09-09T01-46-40Z");
  CHECK(check_backup_name(backup_name_at(unix_milliseconds{1'800'000'000'000})));
}
