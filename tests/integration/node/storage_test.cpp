// SPDX-License-Identifier: Apache-2.0
//
// The writer: what shares a commit, what a failed one leaves, what a stop writes. The reader: what it keeps at hand.
#include "block_maker.hpp"
#include "open_door.hpp"
#include "support/temporary_folder.hpp"
#include "unreliable_store.hpp"

#include <alys/domain/api/api_actor.hpp>
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/storage/backup_actor.hpp>
#include <alys/domain/storage/chain_database_actor.hpp>
#include <alys/domain/storage/leveldb_store.hpp>
#include <alys/domain/storage/storage_decisions.hpp>
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::test;
using Catch::Contains;

namespace {

// A writer over a folder, and the imports of a chain for it.
struct writer {
  temporary_folder folder;
  std::shared_ptr<unreliable_store> store = std::make_shared<unreliable_store>(leveldb_store::open(folder.path()).value());
  block_maker maker{dev_spec(2s)};
  alys::testkit::bench time{{.supervision = {.decisions = storage_decisions}}};
  alys::ref<storage_actor> actor = time.child<storage_actor>({}, {}, store);

  // Genesis, and blocks on top of it.
  [[nodiscard]] std::vector<commit_import> imports(std::size_t count) {
    std::vector<commit_import> all{import_of(maker.genesis)};
    all.front().batch.last_final = all.front().batch.ref;
    for (block top = maker.genesis; all.size() < count;) {
      top = maker.on(top, top.header.slot + 850'000'000);
      all.push_back(import_of(top));
    }
    return all;
  }
  [[nodiscard]] static commit_import import_of(const block& one) {
    commit_import m;
    m.batch.contents = one;
    m.batch.ref = ref_to(one.header);
    m.batch.applied = {m.batch.ref};
    m.batch.head = m.batch.ref;
    return m;
  }
  [[nodiscard]] std::uint64_t height() const { return store->progress().value()->head.height.value(); }
};

} // namespace

TEST_CASE("imports that come together share one commit and all hear of it") {
  writer w;
  std::vector<alys::testkit::pending_answer<void>> answers;
  for (const auto& each : w.imports(4)) answers.push_back(w.time.ask_later(w.actor, each));
  w.time.run_until_idle();
  CHECK(w.store->commits() == std::vector<std::size_t>{4});
  for (auto& each : answers) CHECK(each.take().has_value());
  CHECK(w.height() == 3);
}

TEST_CASE("imports that come one after the other are committed one after the other") {
  writer w;
  for (const auto& each : w.imports(3)) CHECK(w.time.ask(w.actor, each).has_value());
  CHECK(w.store->commits() == std::vector<std::size_t>{1, 1, 1});
}

TEST_CASE("a commit that fails is told to all who wait and leaves no trace") {
  writer w;
  const auto all = w.imports(4);
  REQUIRE(w.time.ask(w.actor, all[0]).has_value());
  w.store->before_commit([](auto) { return alys::result<void>{alys::fail(store_error::io_failed, "the disk is gone")}; });
  std::vector<alys::testkit::pending_answer<void>> answers;
  for (std::size_t i = 1; i < all.size(); ++i) answers.push_back(w.time.ask_later(w.actor, all[i]));
  w.time.run_until_idle();
  for (auto& each : answers) CHECK(each.take() == store_error::io_failed);
  CHECK(w.height() == 0);
  for (std::size_t i = 1; i < all.size(); ++i) CHECK_FALSE(w.store->block_by_id(all[i].batch.ref.id).value().has_value());
  CHECK(w.time.seen().failures().back().then == alys::action::escalate);
  CHECK(w.time.system().end_cause() == store_error::io_failed);
}

TEST_CASE("a stop writes what has gathered") {
  writer w;
  const auto all = w.imports(2);
  REQUIRE(w.time.ask(w.actor, all[0]).has_value());
  auto answer = w.time.ask_later(w.actor, all[1]);
  REQUIRE(w.time.turn()); // it is gathered, and its commit is a message yet to come
  CHECK(w.height() == 0);
  CHECK(w.time.shutdown({.deadline = 5s, .drain = 0ms}).in_time);
  CHECK(w.height() == 1);
}

TEST_CASE("progress is told once everything before it is written") {
  writer w;
  CHECK(w.time.ask(w.actor, settle_progress{}).value() == std::nullopt);
  const auto all = w.imports(3);
  for (const auto& each : all) w.time.send(w.actor, each);
  const auto progress = w.time.ask(w.actor, settle_progress{}).value();
  REQUIRE(progress);
  CHECK(progress->genesis == all.front().batch.ref.id);
  CHECK(progress->head == all.back().batch.ref);
  CHECK(w.store->commits() == std::vector<std::size_t>{3});
}

TEST_CASE("a writer that begins anew forgets what it had not written and says so") {
  writer w;
  const auto all = w.imports(2);
  REQUIRE(w.time.ask(w.actor, all[0]).has_value());
  auto lost = w.time.ask_later(w.actor, all[1]);
  REQUIRE(w.time.turn());
  w.time.fail_next(w.actor, alys::fail(alys::category::unknown, "a fault"));
  w.time.run_until_idle();
  CHECK_FALSE(lost.take().has_value());
  CHECK(w.time.incarnation(w.actor) == 2);
  CHECK(w.height() == 0);
  CHECK(w.time.ask(w.actor, all[1]).has_value());
  CHECK(w.height() == 1);
}

TEST_CASE("transactions are remembered until they are forgotten") {
  writer w;
  REQUIRE(w.time.ask(w.actor, w.imports(1).front()).has_value());
  const auto one = dev_transfer(0);
  const auto other = dev_transfer(1);
  for (const auto& tx : {one, other, one}) CHECK(w.time.ask(w.actor, journal_transaction{{tx->hash, tx->raw}}).has_value());
  CHECK(w.store->journaled().value() == std::vector<journaled_transaction>{{one->hash, one->raw}, {other->hash, other->raw}});
  CHECK(w.time.ask(w.actor, forget_transactions{{one->hash, keccak256(bytes_of("never there"))}}).has_value());
  CHECK(w.store->journaled().value() == std::vector<journaled_transaction>{{other->hash, other->raw}});
}

TEST_CASE("a block that is asked for again is the same and is seen to become final") {
  writer w;
  auto time_of_readers = alys::testkit::bench{};
  const auto reader = time_of_readers.child<chain_database_actor>({}, {}, w.store);
  const auto all = w.imports(3);
  const auto find_first = [&] { return time_of_readers.ask(reader, find_block{all[1].batch.ref.id}).value(); };
  CHECK(find_first() == nullptr);

  REQUIRE(w.time.ask(w.actor, all[0]));
  REQUIRE(w.time.ask(w.actor, all[1]));
  const auto first = find_first();
  REQUIRE(first);
  CHECK(first->block == all[1].batch.contents);
  CHECK_FALSE(first->final);
  CHECK(find_first() == first);

  commit_import last = all[2];
  last.batch.last_final = all[1].batch.ref;
  REQUIRE(w.time.ask(w.actor, last));
  const auto settled = find_first();
  CHECK(settled->final);
  CHECK(find_first() == settled);
}

namespace {

// Copies that are done when the test says so.
struct slow_backups final : chain_backups {
  struct copy final : backup_in_work {
    explicit copy(slow_backups& o) : of(o) { ++of.begun; }
    ~copy() override { ++of.ended; }
    std::optional<alys::result<made_backup>> outcome() override { return std::exchange(of.made, std::nullopt); }
    slow_backups& of;
  };
  alys::result<std::unique_ptr<backup_in_work>> begin(const std::optional<std::string>& name) override {
    if (auto good = check_backup_name(name.value_or("any")); !good) return good.error();
    return std::unique_ptr<backup_in_work>{std::make_unique<copy>(*this)};
  }
  std::optional<alys::result<made_backup>> made; // by the one in work
  int begun = 0;
  int ended = 0;
};

} // namespace

TEST_CASE("backups are made one at a time and each is answered when it is done") {
  const auto backups = std::make_shared<slow_backups>();
  alys::testkit::bench time;
  const auto actor = time.child<backup_actor>({}, {}, backups);
  CHECK(time.ask(actor, create_backup{"../up"}) == backup_refusal::bad_name);
  CHECK(backups->begun == 0);
  CHECK(time.ask(actor, create_backup{"first"}, 1s) == alys::errc::deadline);
  CHECK(time.ask(actor, create_backup{"second"}) == backup_refusal::in_work);
  CHECK(backups->begun == 1);
  CHECK(backups->ended == 0); // nobody waits for it any longer, and it goes on
  backups->made = made_backup{"/backups/first", {}, 7};
  time.advance(100ms);
  CHECK(backups->ended == 1);
  backups->made = alys::result<made_backup>{alys::refuse(backup_refusal::not_made, "no room")};
  CHECK(time.ask(actor, create_backup{"second"}) == backup_refusal::not_made);
  backups->made = made_backup{"/backups/third", {}, 8};
  CHECK(time.ask(actor, create_backup{"third"}).value().bytes == 8);
  CHECK(backups->ended == 3);
}

TEST_CASE("who asks for a backup that takes longer than a request may is told that it goes on") {
  const auto backups = std::make_shared<slow_backups>();
  alys::testkit::bench time;
  const auto actor = time.child<backup_actor>({}, {}, backups);
  const auto chain = time.stand_in<chain_actor>();
  const auto database = time.stand_in<chain_database_actor>();
  const auto door = std::make_shared<alys::test::open_door>();
  const auto api = time.child<api_actor>({.answer_within = 5s}, {}, api_ports{door, nullptr, {}}, chain.get(), database.get(), actor);
  time.run_until_idle();
  std::string first, second;
  door->call("createbackup", R"(["first"])", first);
  time.advance(4s);
  CHECK(first.empty());
  door->call("createbackup", R"(["second"])", second);
  time.advance(1s);
  CHECK_THAT(first, Contains("-32002") && Contains("goes on"));
  CHECK_THAT(second, Contains("-32000") && Contains("a backup is being made"));
  CHECK(backups->ended == 0);
}

TEST_CASE("the end of the actor that makes backups ends the one in work") {
  const auto backups = std::make_shared<slow_backups>();
  {
    alys::testkit::bench time;
    const auto actor = time.child<backup_actor>({}, {}, backups);
    CHECK(time.ask(actor, create_backup{}, 1s) == alys::errc::deadline);
    CHECK(backups->ended == 0);
  }
  CHECK(backups->begun == 1);
  CHECK(backups->ended == 1);
}
