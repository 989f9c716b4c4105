// SPDX-License-Identifier: Apache-2.0
//
// Snapshots: what is kept, what is refused, and that both stores keep the port's promises.
#include "support/temporary_folder.hpp"

#include <alys/actors.hpp>
#include <alys/actors/fault.hpp>
#include <alys/actors/leveldb.hpp>
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

#include <fstream>

using namespace alys;
using namespace std::chrono_literals;

namespace {

struct add {
  using reply = std::uint64_t;
  std::uint64_t amount = 0;
};
ALYS_MESSAGE(add, amount)
struct crash {
  using reply = void;
};
ALYS_MESSAGE(crash)

namespace first {
struct counted {
  std::uint32_t sum = 0;
};
ALYS_CONFIG(counted, sum)
} // namespace first

struct counted {
  static constexpr std::uint32_t version = 2;
  using previous = first::counted;
  static counted upgrade(first::counted&& old) { return {old.sum, "from version 1"}; }
  std::uint64_t sum = 0;
  std::string note;
};
ALYS_CONFIG(counted, sum, note)

// The same version with other fields: a mistake of its author.
struct careless {
  static constexpr std::uint32_t version = 2;
  using previous = first::counted;
  static careless upgrade(first::counted&&) { return {}; }
  std::uint32_t sum = 0;
};
ALYS_CONFIG(careless, sum)

struct later {
  static constexpr std::uint32_t version = 3;
  using previous = counted;
  static later upgrade(counted&& old) { return {static_cast<double>(old.sum)}; }
  double sum = 0;
};
ALYS_CONFIG(later, sum)

struct stranger {
  std::string name;
};
ALYS_CONFIG(stranger, name)

class counter final : public actor<counter> {
public:
  using messages = accepts<add, crash>;
  explicit counter(std::shared_ptr<snapshot_store> store) : kept_(std::move(store), path()) {}
  result<void> initialize() {
    auto found = kept_.load();
    if (!found) return found.error();
    state_ = found->value_or(counted{});
    return {};
  }
  result<std::uint64_t> handle(const add& a) {
    counted next{state_.sum + a.amount, ""};
    if (auto saved = kept_.save(next); !saved) return saved.error();
    state_ = next;
    return state_.sum;
  }
  void handle(const crash&) { throw std::runtime_error("crash"); }

private:
  snapshot<counted> kept_;
  counted state_;
};

[[nodiscard]] std::shared_ptr<testkit::memory_snapshots> memory() { return std::make_shared<testkit::memory_snapshots>(); }

} // namespace

TEST_CASE("a snapshot is there for the next incarnation and the next system") {
  const auto store = memory();
  for (const std::uint64_t before : {0u, 7u}) {
    testkit::bench t;
    const auto slot = t.child<counter>({}, {}, store);
    CHECK(t.ask(slot, add{5}) == before + 5);
    CHECK(t.ask(slot, crash{}).error().failed());
    CHECK(t.ask(slot, add{2}) == before + 7);
    CHECK(t.incarnation(slot) == 2);
  }
}

TEST_CASE("an actor that cannot save answers no and forgets nothing") {
  const auto store = memory();
  testkit::bench t;
  const auto slot = t.child<counter>({}, {}, store);
  CHECK(t.ask(slot, add{5}) == 5u);
  store->fail_with(refuse(errc::out_of_range, "no room"));
  CHECK(t.ask(slot, add{5}).error().text() == "no room");
  store->fail_with({});
  CHECK(t.ask(slot, add{1}) == 6u);
}

TEST_CASE("an older version is read by the way that the state says and saved as the new one") {
  const auto store = memory();
  snapshot<first::counted> old{store, "/a"};
  REQUIRE(old.save({41}));
  snapshot<counted> now{store, "/a"};
  const auto found = now.load();
  REQUIRE(found);
  CHECK((*found)->sum == 41);
  CHECK((*found)->note == "from version 1");
  const auto by_three = snapshot<later>{store, "/a"}.load();
  REQUIRE(by_three);
  CHECK((*by_three)->sum == 41.0);
  REQUIRE(now.save({42, ""}));
  CHECK(old.load() == snapshot_error::newer_version);
}

TEST_CASE("a snapshot that is not the actor's own state is an error and says whose it is") {
  const auto store = memory();
  snapshot<counted> mine{store, "/a"};
  REQUIRE(mine.save({1, "x"}));
  SECTION("another state") {
    const auto found = snapshot<stranger>{store, "/a"}.load();
    CHECK(found == snapshot_error::of_another);
    CHECK(found.error().text().find("counted") != std::string::npos);
  }
  SECTION("another actor's") {
    REQUIRE(store->write("/b", *store->read("/a").value()));
    const auto found = snapshot<counted>{store, "/b"}.load();
    CHECK(found == snapshot_error::of_another);
    CHECK(found.error().text().find("/a") != std::string::npos);
  }
  SECTION("fields that changed without a new version") { CHECK(snapshot<careless>{store, "/a"}.load() == snapshot_error::other_fields); }
  SECTION("none at all") { CHECK_FALSE(snapshot<counted>(store, "/nobody").load().value()); }
  SECTION("cleared") {
    REQUIRE(mine.clear());
    REQUIRE(mine.clear());
    CHECK_FALSE(mine.load().value());
  }
}

TEST_CASE("every damage to a snapshot is found") {
  const auto store = memory();
  snapshot<counted> kept{store, "/a"};
  REQUIRE(kept.save({0x0102030405060708, "note"}));
  const std::string good = *store->read("/a").value();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    REQUIRE(store->write("/a", bad));
    CHECK(kept.load() == snapshot_error::damaged);
    REQUIRE(store->write("/a", good.substr(0, i)));
    CHECK(kept.load() == snapshot_error::damaged);
  }
  CHECK(kept.load().error().category() == category::corruption);
}

TEST_CASE("an actor whose snapshot is damaged is stopped and not started anew") {
  const auto store = memory();
  REQUIRE(store->write("/bench/counter", "nonsense"));
  testkit::bench t;
  (void)t.child<counter>({}, {}, store);
  try {
    t.start();
    FAIL("it started");
  } catch (const start_error& e) {
    CHECK(e.cause() == snapshot_error::damaged);
    CHECK(std::string{e.what()}.find("snapshot of /bench/counter") != std::string::npos);
  }
}

TEST_CASE("a snapshot has a largest size") {
  snapshot<stranger> kept{memory(), "/a"};
  CHECK(kept.save({std::string(max_snapshot, 'x')}) == snapshot_error::too_large);
  CHECK_FALSE(kept.load().value());
  CHECK(kept.save({std::string(max_snapshot - 4, 'x')}));
}

TEST_CASE("a snapshot needs a store and an owner") {
  CHECK_THROWS_AS((snapshot<counted>{nullptr, "/a"}), std::invalid_argument);
  CHECK_THROWS_AS((snapshot<counted>{memory(), ""}), std::invalid_argument);
}

// ---- the port ----

TEST_CASE("every store of snapshots keeps what was written under its key until it is erased") {
  test::temporary_folder folder;
  const bool in_leveldb = GENERATE(false, true);
  const std::shared_ptr<snapshot_store> store = in_leveldb ? open_leveldb_snapshots(folder.path() / "deep" / "er").value() : memory();
  const std::string bytes{"\0a\xff b", 5};
  CHECK_FALSE(store->read("k").value());
  REQUIRE(store->write("k", bytes));
  REQUIRE(store->write("k2", "other"));
  CHECK(store->read("k").value() == bytes);
  REQUIRE(store->write("k", ""));
  CHECK(store->read("k").value() == "");
  REQUIRE(store->erase("k"));
  REQUIRE(store->erase("k"));
  CHECK_FALSE(store->read("k").value());
  CHECK(store->read("k2").value() == "other");
}

TEST_CASE("LevelDB has them again when it is opened anew and one process has it at a time") {
  test::temporary_folder folder;
  {
    auto store = open_leveldb_snapshots(folder.path()).value();
    REQUIRE(store->write("k", "v"));
    const auto second = open_leveldb_snapshots(folder.path());
    CHECK(second == fault::database_unavailable);
    CHECK(second.error().text().find(folder.path().string()) == 0);
  }
  CHECK(open_leveldb_snapshots(folder.path()).value()->read("k").value() == "v");
}

TEST_CASE("a folder of snapshots that cannot be opened says why") {
  test::temporary_folder folder;
  std::ofstream{folder.path() / "file"} << "no folder";
  CHECK(open_leveldb_snapshots(folder.path() / "file") == fault::database_unavailable);
  std::filesystem::create_directory(folder.path() / "damaged");
  std::ofstream{folder.path() / "damaged" / "CURRENT"} << "MANIFEST-000007";
  const auto damaged = open_leveldb_snapshots(folder.path() / "damaged");
  CHECK(damaged == fault::data_damaged);
}
