// SPDX-License-Identifier: Apache-2.0
//
// The aura actor alone: whose turn it tells, and what it signs.
#include "support/domain/test_chain.hpp"

#include <alys/domain/aura/aura_actor.hpp>
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// The third of four authorities, in slots of two seconds.
struct authority {
  test_chain chain{4};
  slot_clock slots{2s};
  slot mine{850'000'002}; // 850000000 mod 4 is 0
  std::chrono::milliseconds set_by{0};
  std::optional<vote_lock> stored;
  alys::error unreadable;
  alys::testkit::bench time;
  alys::testkit::probe<chain_actor> listener = time.stand_in<chain_actor>();
  alys::ref<aura_actor> aura;

  explicit authority(bool with_key = true) {
    const aura_config config{.slot_duration = 2s, .max_drift = 500ms, .authorities = 4, .index = 2};
    aura_ports ports;
    if (with_key) ports.key = std::make_shared<const secret_key>(dev_authority_key(authority_index{2}));
    ports.wall_clock = [this] { return now(); };
    ports.stored_vote = [this]() -> alys::result<std::optional<vote_lock>> {
      if (unreadable) return unreadable;
      return stored;
    };
    aura = time.child<aura_actor>(config, {}, std::move(ports));
  }

  // Begins with slot 850000000.
  [[nodiscard]] unix_milliseconds now() const {
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(time.now()) + set_by;
    return unix_milliseconds{slots.start_of(slot{850'000'000}).value() + static_cast<std::uint64_t>(passed.count())};
  }
  void follow(std::chrono::milliseconds ahead = 0ms) {
    time.send(aura, follow_slots{listener.get(), ahead});
    time.run_until_idle();
  }
  [[nodiscard]] alys::result<author_signatures> sign(const block_header& header) { return time.ask(aura, seal_block{header}); }
  [[nodiscard]] block_header header_in(slot s) const { return chain.proposal(chain.genesis, s).header; }
};

} // namespace

TEST_CASE("an authority is told of its own slots when they begin") {
  authority a;
  a.follow();
  a.time.advance(3'999ms);
  a.listener.none<slot_begun>();
  a.time.advance(1ms);
  CHECK(a.listener.expect<slot_begun>().slot == a.mine);
  a.time.advance(8s - 1ms);
  a.listener.none<slot_begun>();
  a.time.advance(1ms);
  CHECK(a.listener.expect<slot_begun>().slot == a.mine + 4);
}

TEST_CASE("whoever follows the slots anew does not hear of them twice") {
  authority a;
  a.follow();
  a.follow();
  a.time.advance(12s);
  CHECK(a.listener.count<slot_begun>() == 2);
}

TEST_CASE("whoever wants to be told ahead hears of its slots before they begin and when they do") {
  authority a;
  a.follow(300ms);
  a.time.advance(3'699ms);
  a.listener.none<slot_coming>();
  a.time.advance(1ms);
  CHECK(a.listener.expect<slot_coming>().slot == a.mine);
  a.listener.none<slot_begun>();
  a.time.advance(300ms);
  CHECK(a.listener.expect<slot_begun>().slot == a.mine);
  a.time.advance(8s - 300ms);
  CHECK(a.listener.expect<slot_coming>().slot == a.mine + 4);
}

TEST_CASE("a slot is told at most one slot ahead") {
  authority a;
  a.follow(1h);
  a.time.advance(1'999ms);
  a.listener.none<slot_coming>();
  a.time.advance(1ms);
  CHECK(a.listener.expect<slot_coming>().slot == a.mine);
}

TEST_CASE("a slot that was used already does not come again when the clock is set back") {
  authority a;
  a.follow(300ms);
  a.time.advance(4s);
  CHECK(a.listener.count<slot_coming>() == 1);
  a.set_by = -2s;
  a.time.advance(4s);
  CHECK(a.listener.count<slot_coming>() == 1);
  CHECK(a.listener.count<slot_begun>() == 1);
}

TEST_CASE("without a key there are no turns and no signatures") {
  authority a{false};
  a.follow();
  a.time.advance(20s);
  a.listener.none<slot_begun>();
  CHECK(a.sign(a.header_in(a.mine)) == vote_error::slot_not_now);
}

TEST_CASE("a slot that the clock skips is not told and one that it shows again is not told twice") {
  authority a;
  a.follow();
  a.set_by = 5s; // slot 850000002 is over when the next one begins
  a.time.advance(7s);
  CHECK(a.listener.expect<slot_begun>().slot == a.mine + 4);
  a.set_by -= 4s;
  a.time.advance(8s);
  a.listener.none<slot_begun>();
  a.time.advance(4s);
  CHECK(a.listener.expect<slot_begun>().slot == a.mine + 8);
}

TEST_CASE("what is signed can be checked by everybody") {
  authority a;
  a.time.advance(4s);
  const block_header header = a.header_in(a.mine);
  const auto signatures = a.sign(header).value();
  const auto& key = a.chain.spec.authorities[2];
  CHECK(is_seal(header, key, signatures.seal));
  CHECK(signatures.approval.authority == authority_index{2});
  CHECK(is_approval(header, key, signatures.approval.signature));
  CHECK(signatures.vote == vote_lock{a.mine, id_of(header)});
}

TEST_CASE("one block is signed in a slot and it as often as it is asked for") {
  authority a;
  a.time.advance(4s);
  const block_header header = a.header_in(a.mine);
  block_header other = header;
  other.time = other.time + 1;
  const auto first = a.sign(header).value();
  CHECK(a.sign(other) == vote_error::already_voted);
  CHECK(a.sign(header).value().seal == first.seal);
  CHECK(a.time.incarnation(a.aura) == 1);
}

TEST_CASE("nothing is signed in slots of others or in the name of others") {
  authority a;
  a.time.advance(4s);
  CHECK(a.sign(a.header_in(a.mine + 1)) == block_error::wrong_author);
  block_header forged = a.header_in(a.mine);
  forged.author = authority_index{1};
  CHECK(a.sign(forged) == block_error::wrong_author);
}

TEST_CASE("nothing is signed before its slot or after it but for the drift") {
  authority a;
  const block_header header = a.header_in(a.mine);
  a.time.advance(3'499ms);
  CHECK(a.sign(header) == vote_error::slot_not_now);
  a.time.advance(1ms); // another clock may be in the slot
  CHECK(a.sign(header).has_value());
  a.time.advance(2'999ms);
  CHECK(a.sign(header).has_value());
  a.time.advance(1ms);
  CHECK(a.sign(header) == vote_error::slot_not_now);
}

TEST_CASE("a vote that was stored binds the next life") {
  authority a;
  const block_header header = a.header_in(a.mine);
  block_header other = header;
  other.time = other.time + 1;
  a.stored = vote_lock{a.mine, id_of(header)};
  a.time.advance(4s);
  CHECK(a.sign(other) == vote_error::already_voted);
  CHECK(a.sign(header).has_value());
  a.stored = vote_lock{a.mine + 4, id_of(other)};
  a.time.fail_next(a.aura);
  CHECK_FALSE(a.sign(header).has_value());
  CHECK(a.time.incarnation(a.aura) == 2);
  CHECK(a.sign(header) == vote_error::slot_passed);
}

TEST_CASE("a vote that became durable late binds as soon as the slots are followed again") {
  authority a;
  const block_header header = a.header_in(a.mine);
  block_header other = header;
  other.time = other.time + 1;
  a.follow(); // at this moment nothing is stored
  a.time.advance(4s);
  a.stored = vote_lock{a.mine, id_of(header)};
  a.follow();
  CHECK(a.sign(other) == vote_error::already_voted);
}

TEST_CASE("a stored vote that is older than one in memory does not loosen the lock") {
  authority a;
  a.follow();
  a.time.advance(4s);
  const block_header header = a.header_in(a.mine);
  REQUIRE(a.sign(header).has_value());
  a.stored = vote_lock{slot{1}, block_id{}};
  a.follow();
  block_header other = header;
  other.time = other.time + 1;
  CHECK(a.sign(other) == vote_error::already_voted);
}

TEST_CASE("without knowing what it signed an authority does not start") {
  authority a;
  a.unreadable = alys::fail(alys::category::database, "the store does not answer");
  CHECK_THROWS_AS(a.time.start(), alys::start_error);
}

TEST_CASE("impossible settings of aura are refused before the start") {
  const auto problems = [](const aura_config& config) {
    alys::problem_list found;
    config.validate(found);
    return found.size();
  };
  CHECK(problems({}) == 0);
  CHECK(problems({.slot_duration = 99ms}) == 1);
  CHECK(problems({.max_drift = -1ms}) == 1);
  CHECK(problems({.max_drift = 61s}) == 1);
  CHECK(problems({.authorities = 0}) == 2);
  CHECK(problems({.authorities = 257}) == 1);
  CHECK(problems({.authorities = 3, .index = 3}) == 1);
}
