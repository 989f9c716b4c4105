// SPDX-License-Identifier: Apache-2.0
//
// The sources keep the layers; and the check that says so finds what breaks each rule.
#include "layers/include_rules.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

namespace fs = std::filesystem;
using layers::domain_sources;
using layers::tree;
using layers::violations;

std::string text_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

tree sources_of_this_project() {
  tree files;
  const fs::path root{ALYS_SOURCE_DIR};
  for (const char* part : {"libalys-actors", "libalys-domain", "apps"}) {
    for (const auto& entry : fs::recursive_directory_iterator{root / part}) {
      const auto suffix = entry.path().extension();
      if (suffix == ".hpp" || suffix == ".cpp") files.emplace(fs::relative(entry.path(), root).string(), text_of(entry.path()));
    }
  }
  return files;
}

// The build writes this list: a kind and a path a line.
domain_sources kinds_of_this_project() {
  domain_sources kinds;
  std::ifstream list{ALYS_DOMAIN_SOURCES};
  for (std::string kind, path; list >> kind >> path;) {
    auto& set = kind == "rules" ? kinds.rules : kind == "actors" ? kinds.actors : kinds.adapters;
    set.insert(fs::relative(path, ALYS_SOURCE_DIR).string());
  }
  return kinds;
}

const domain_sources chain{
    {"libalys-domain/src/chain/validate.cpp"}, {"libalys-domain/src/chain/chain_actor.cpp"}, {"libalys-domain/src/chain/block_proto.cpp"}};

void require_found(const tree& files, const std::string& words) {
  const auto found = violations(files, chain);
  REQUIRE(found.size() == 1);
  CHECK_THAT(found.front(), Catch::Contains(words));
}

} // namespace

TEST_CASE("the sources keep the layers") {
  const auto files = sources_of_this_project();
  const auto kinds = kinds_of_this_project();
  REQUIRE(files.size() > 50);
  REQUIRE(kinds.rules.size() > 10);
  REQUIRE(kinds.adapters.size() > 2);
  for (const auto& set : {kinds.rules, kinds.actors, kinds.adapters}) {
    for (const auto& source : set) REQUIRE(files.contains(source));
  }
  std::string all;
  for (const auto& each : violations(files, kinds)) all += each + "\n";
  INFO(all);
  CHECK(all.empty());
}

TEST_CASE("what the layers allow is not reported") {
  CHECK(
      violations({{"libalys-actors/src/caf/cell.cpp", "#include <caf/all.hpp>"},
                  {"libalys-actors/src/toml/toml.cpp", "#include <toml++/toml.h>"},
                  {"libalys-actors/include/alys/actors/caf.hpp", "#include <caf/actor.hpp>\n#include <alys/actors/ref.hpp>"},
                  {"libalys-actors/include/alys/actors/error.hpp", "#include <string_view>"},
                  {"libalys-domain/include/alys/domain/chain/validate.hpp", "#include <alys/actors/result.hpp>\n#include <vector>"},
                  {"libalys-domain/src/chain/validate.cpp", "#include <alys/domain/chain/validate.hpp>\n#include <secp256k1_schnorrsig.h>"},
                  {"libalys-domain/src/chain/chain_actor.cpp", "#include <alys/domain/chain/chain_actor.hpp>"},
                  {"libalys-domain/include/alys/domain/chain/chain_actor.hpp",
                   "#include <alys/actors.hpp>\n#include <alys/domain/chain/validate.hpp>"},
                  {"libalys-domain/src/chain/block_proto.cpp", "#include <alys/chain/v1/block.pb.h>"}},
                 chain)
          .empty());
}

TEST_CASE("CAF outside its folder is found") {
  require_found({{"libalys-actors/src/supervisor.cpp", "#include <caf/actor.hpp>"}}, "know CAF");
  require_found({{"libalys-domain/src/chain/chain_actor.cpp", " # include \"caf/actor.hpp\" // why"}}, "know CAF");
}

TEST_CASE("the actors library including what is built on it is found") {
  require_found({{"libalys-actors/src/tree.cpp", "#include <alys/domain/chain/block.hpp>"}}, "nothing of what is built on it");
}

TEST_CASE("a third-party library in the actors library is found") {
  require_found({{"libalys-actors/src/tree.cpp", "#include <toml++/toml.h>"}}, "needs CAF and fmt only");
}

TEST_CASE("product code including the test kit is found") {
  require_found({{"libalys-actors/src/cell.cpp", "#include <alys/testkit/virtual_time.hpp>"}}, "test kit");
}

TEST_CASE("a third-party header in a public header is found") {
  require_found({{"libalys-actors/include/alys/actors/ref.hpp", "#include <boost/optional.hpp>"}}, "standard library and each other");
  require_found({{"libalys-actors/include/alys/actors/ref.hpp", "#include <unistd.h>"}}, "standard library and each other");
  require_found({{"libalys-domain/include/alys/domain/storage/store.hpp", "#include <leveldb/db.h>"}}, "public headers of the domain");
}

TEST_CASE("a rule that includes an actor header is found") {
  require_found({{"libalys-domain/src/chain/validate.cpp", "#include <alys/actors/actor.hpp>"}}, "rules are pure");
  require_found({{"libalys-domain/src/chain/validate.cpp", "#include <alys/actors.hpp>"}}, "rules are pure");
}

TEST_CASE("a rule that reaches an actor header through another header is found") {
  require_found({{"libalys-domain/src/chain/validate.cpp", "#include <alys/domain/chain/block.hpp>"},
                 {"libalys-domain/include/alys/domain/chain/block.hpp", "#include <alys/actors/ref.hpp>"}},
                "rules are pure");
}

TEST_CASE("a rule that does input or output or starts threads is found") {
  require_found({{"libalys-domain/src/chain/validate.cpp", "#include <fstream>"}}, "rules are pure");
  require_found({{"libalys-domain/src/chain/validate.cpp", "#include <thread>"}}, "rules are pure");
  require_found({{"libalys-domain/src/chain/validate.cpp", "#include <sys/stat.h>"}}, "rules are pure");
  require_found({{"libalys-domain/src/chain/validate.cpp", "#include <leveldb/db.h>"}}, "rules are pure");
}

TEST_CASE("a rule that includes an actor or an adapter of the domain is found") {
  require_found({{"libalys-domain/src/chain/validate.cpp", "#include <alys/domain/chain/chain_actor.hpp>"},
                 {"libalys-domain/include/alys/domain/chain/chain_actor.hpp", ""}},
                "rules know no actor");
  require_found(
      {{"libalys-domain/src/chain/validate.cpp", "#include \"block_proto.hpp\""}, {"libalys-domain/src/chain/block_proto.hpp", ""}},
      "rules know no actor");
}

TEST_CASE("an actor that reaches an adapter is found") {
  require_found({{"libalys-domain/src/chain/chain_actor.cpp", "#include <alys/domain/chain/chain_actor.hpp>"},
                 {"libalys-domain/include/alys/domain/chain/chain_actor.hpp", "#include <alys/domain/chain/block_proto.hpp>"},
                 {"libalys-domain/include/alys/domain/chain/block_proto.hpp", ""}},
                "actors get ports");
}
