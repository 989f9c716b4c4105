// SPDX-License-Identifier: Apache-2.0
//
// Chains that go over to later forks of Ethereum: which payloads an engine makes and takes before and after.
#include "engine_under_test.hpp"

#include <alys/domain/engine/execution_header.hpp>

#include <catch2/catch.hpp>

using namespace alys::domain;
using alys::domain::test::somebody;
using alys::domain::test::wallet;
using alys::test::engine_under_test;
using alys::test::rehashed;

namespace {

const wallet rich{1};
constexpr unix_seconds begin = engine_under_test::genesis_time;

[[nodiscard]] unix_seconds after(std::uint64_t seconds) { return unix_seconds{begin.value() + seconds}; }

// A block with a transfer, adopted.
[[nodiscard]] execution_payload pay(engine_under_test& engine, const execution_payload& parent, std::uint64_t nonce) {
  (void)engine.submit(rich.send(nonce)).value();
  auto payload = engine.build_with(1, parent);
  engine.adopt(payload);
  return payload;
}

} // namespace

TEST_CASE("a chain goes over to Cancun in the block that has its time") {
  engine_under_test engine{{.cancun = after(2)}};
  CHECK(engine.first().fork == execution_fork::shanghai);
  const auto before = pay(engine, engine.first(), 0);
  const auto first = pay(engine, before, 1);
  const auto second = pay(engine, first, 2);
  CHECK(before.fork == execution_fork::shanghai);
  CHECK(first.fork == execution_fork::cancun);
  CHECK(second.fork == execution_fork::cancun);
  for (const auto* each : {&before, &first, &second}) CHECK(hash_of(header_of(*each)) == each->block_hash);
  CHECK(engine.account(rich.who()).value().nonce == 3);
  engine.restart();
  for (const auto* each : {&before, &first, &second}) CHECK(engine.check(*each).value().status == payload_status::valid);
  CHECK(engine.move({.head = second.block_hash}).value().status == payload_status::valid);
  CHECK(engine.extend(second).fork == execution_fork::cancun);
}

TEST_CASE("a chain can begin with Cancun") {
  engine_under_test engine{{.cancun = unix_seconds{0}}};
  CHECK(engine.first().fork == execution_fork::cancun);
  CHECK(hash_of(header_of(engine.first())) == engine.first().block_hash);
  CHECK(to_hex(engine.first().block_hash) == "0xe0e166833c6756440a98e61f256d465fb3aafa7b11e0878e0f5ad74b45060a9e"); // of every engine
  CHECK(pay(engine, engine.first(), 0).fork == execution_fork::cancun);
}

TEST_CASE("a payload of another fork than its time's is not taken") {
  engine_under_test engine{{.cancun = after(2)}};
  const auto before = engine.extend(engine.first());
  const auto is_taken = [&](execution_payload payload, execution_fork fork) {
    payload.fork = fork;
    const auto verdict = engine.check(rehashed(std::move(payload)));
    if (verdict) return verdict->status != payload_status::invalid;
    return verdict != engine_error::unsupported_fork && verdict != engine_error::client_refused;
  };
  CHECK_FALSE(is_taken(engine.build(before, engine_under_test::after(before)), execution_fork::shanghai));
  CHECK_FALSE(is_taken(before, execution_fork::cancun));
}

TEST_CASE("a chain goes over to Prague where the engine has it") {
  const execution_forks forks{.cancun = after(1), .prague = after(2)};
  if (!engine_under_test::chosen_habits().has_prague) {
    CHECK_THROWS_WITH(engine_under_test{forks}, Catch::Contains("the embedded ledger has no rules after Cancun"));
    return;
  }
  engine_under_test engine{forks};
  const auto before = pay(engine, engine.first(), 0);
  CHECK(before.fork == execution_fork::cancun);
  const auto first = pay(engine, before, 1);
  CHECK(first.fork == execution_fork::prague);
  CHECK(hash_of(header_of(first)) == first.block_hash);
  CHECK(engine.extend(first).fork == execution_fork::prague);
  engine.restart();
  CHECK(engine.check(first).value().status == payload_status::valid);
}
