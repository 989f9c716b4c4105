// SPDX-License-Identifier: Apache-2.0
//
// The secret shared with an execution client, and its tokens.
#include <alys/domain/engine/engine_secret.hpp>

#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <fstream>
#include <string>

using namespace alys::domain;

namespace {

const std::string digits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

[[nodiscard]] alys::result<engine_secret> loaded(const std::string& content, mode_t mode = 0600) {
  const alys::test::temporary_folder folder;
  const auto path = folder.path() / "jwt.hex";
  std::ofstream{path, std::ios::binary} << content;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
  return engine_secret::load(path);
}

} // namespace

TEST_CASE("an engine secret makes tokens that any JWT library makes too") {
  // Made with Python's hmac and base64.
  const std::string expected = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3MDAwMDAwMDB9.StBuGfPc4Se3JizmZ-bbnY8rYegaFGtW-o0Qv80wlBs";
  for (const std::string& content : {digits, "0x" + digits, digits + "\n", "0x" + digits + "\n"}) {
    CHECK(loaded(content).value().token(unix_seconds{1'700'000'000}) == expected);
  }
}

TEST_CASE("an engine secret that others can reach is refused") {
  for (const mode_t mode : {0640U, 0604U, 0644U, 0602U}) {
    const auto refused = loaded(digits, mode);
    REQUIRE(refused == key_file_error::exposed);
    CHECK(refused.error().text().find("chmod 600") != std::string::npos);
  }
}

TEST_CASE("an engine secret is 64 digits and not zero") {
  for (const std::string& content :
       {std::string{}, digits.substr(1), digits + "0", "0X" + digits, "0x0x" + digits, digits + "\r\n", digits + "\n\n", " " + digits,
        "0x" + digits.substr(2), std::string(64, 'g'), std::string(1'000'000, '1')}) {
    CHECK(loaded(content) == key_file_error::malformed);
  }
  CHECK(loaded(std::string(64, '0')) == key_file_error::unusable);
  CHECK(loaded("0x" + std::string(64, '0')) == key_file_error::unusable);
  CHECK(engine_secret::load("/nowhere/jwt.hex") == key_file_error::unreadable);
}

TEST_CASE("no error about an engine secret shows what its file holds") {
  for (const std::string& content : {digits.substr(1), digits + "77", "zz" + digits}) {
    CHECK(loaded(content).error().message().find("456789abcdef") == std::string::npos);
  }
}
