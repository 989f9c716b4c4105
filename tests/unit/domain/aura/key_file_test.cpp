// SPDX-License-Identifier: Apache-2.0
//
// Keys in files.
#include <alys/domain/aura/key_file.hpp>

#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <string>

using namespace alys::domain;
namespace fs = std::filesystem;

namespace {

const std::string digits(64, '1'); // a good key

// A key file with this content and mode.
[[nodiscard]] fs::path written(const alys::test::temporary_folder& folder, const std::string& content, mode_t mode = 0600) {
  const fs::path path = folder.path() / "key";
  std::ofstream{path, std::ios::binary} << content;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
  return path;
}

[[nodiscard]] std::string content_of(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

[[nodiscard]] schnorr_public_key expected_key() { return secret_key::from(bytes(32, 0x11)).value().public_key(); }

} // namespace

TEST_CASE("a key file holds 64 digits and at most one newline") {
  const alys::test::temporary_folder folder;
  CHECK(load_key_file(written(folder, digits)).value().public_key() == expected_key());
  CHECK(load_key_file(written(folder, digits + "\n")).value().public_key() == expected_key());
  CHECK(load_key_file(written(folder, digits, 0400)).value().public_key() == expected_key());
}

TEST_CASE("digits of either case are the same key") {
  const alys::test::temporary_folder folder;
  const auto lower = load_key_file(written(folder, std::string(64, 'a'))).value().public_key();
  fs::remove(folder.path() / "key");
  CHECK(load_key_file(written(folder, std::string(64, 'A'))).value().public_key() == lower);
}

TEST_CASE("a key file that others can reach is refused") {
  for (const mode_t mode : {0640U, 0604U, 0644U, 0660U, 0610U, 0601U, 0602U, 0777U}) {
    const alys::test::temporary_folder folder;
    const auto loaded = load_key_file(written(folder, digits, mode));
    REQUIRE(loaded == key_file_error::exposed);
    CHECK(loaded.error().text().find("chmod 600") != std::string::npos);
  }
}

TEST_CASE("anything but 64 digits is refused") {
  for (const std::string& content :
       {std::string{}, std::string(63, '1'), std::string(65, '1'), "0x" + digits, digits + "\r\n", digits + "\n\n", " " + digits,
        std::string(63, '1') + "g", std::string(64, '\0'), std::string(1'000'000, '1')}) {
    const alys::test::temporary_folder folder;
    CHECK(load_key_file(written(folder, content)) == key_file_error::malformed);
  }
}

TEST_CASE("a key of zeros or beyond the group is refused") {
  const alys::test::temporary_folder folder;
  CHECK(load_key_file(written(folder, std::string(64, '0'))) == key_file_error::unusable);
  CHECK(load_key_file(written(folder, std::string(64, 'f'))) == key_file_error::unusable);
}

TEST_CASE("what is no file is refused without waiting") {
  const alys::test::temporary_folder folder;
  CHECK(load_key_file(folder.path() / "absent") == key_file_error::unreadable);
  CHECK(load_key_file(folder.path()) == key_file_error::not_a_file);
  const fs::path pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(load_key_file(pipe) == key_file_error::not_a_file);
  CHECK(load_key_file("/dev/null") == key_file_error::not_a_file);
}

TEST_CASE("a generated key is private and can be loaded") {
  const alys::test::temporary_folder folder;
  const fs::path path = folder.path() / "key";
  const auto generated = generate_key_file(path);
  REQUIRE(generated);
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 07777U) == 0600);
  CHECK(load_key_file(path).value().public_key() == *generated);
  CHECK(generate_key_file(folder.path() / "other").value() != *generated);
}

TEST_CASE("a generated key never replaces anything") {
  const alys::test::temporary_folder folder;
  const fs::path path = written(folder, "precious");
  CHECK(generate_key_file(path) == key_file_error::exists);
  CHECK(content_of(path) == "precious");
  fs::create_symlink(folder.path() / "elsewhere", folder.path() / "link");
  CHECK(generate_key_file(folder.path() / "link") == key_file_error::exists);
  CHECK_FALSE(fs::exists(folder.path() / "elsewhere"));
  CHECK(generate_key_file(folder.path() / "no such folder" / "key") == key_file_error::not_written);
}

TEST_CASE("errors of key files are critical and never tell the key") {
  const alys::test::temporary_folder folder;
  const std::string secret = std::string(62, '7') + "zz";
  const auto error = load_key_file(written(folder, secret)).error();
  CHECK(error.failed());
  CHECK(error.category() == alys::category::configuration);
  CHECK(error.severity() == alys::severity::critical);
  CHECK(error.message().find("7777") == std::string::npos);
}
