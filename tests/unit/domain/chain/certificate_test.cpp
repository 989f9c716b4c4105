// SPDX-License-Identifier: Apache-2.0
//
// Certificates.
#include <alys/domain/chain/certificate.hpp>

#include "support/domain/test_chain.hpp"

#include <catch2/catch.hpp>

using namespace alys::domain;
using alys::test::test_chain;

TEST_CASE("a quorum is two thirds rounded up") {
  const std::vector<std::size_t> expected{0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7};
  for (std::size_t n = 1; n < expected.size(); ++n) CHECK(quorum_of(n) == expected[n]);
}

TEST_CASE("two quorums share more than a third") {
  for (std::size_t n = 1; n <= max_authorities; ++n) {
    const std::size_t shared = 2 * quorum_of(n) - n;
    const std::size_t most_faulty = (n - 1) / 3; // fewer than n/3
    REQUIRE(shared > most_faulty);
    REQUIRE(quorum_of(n) <= n - most_faulty); // and the honest ones are enough
  }
}

TEST_CASE("approvals of a quorum certify") {
  const test_chain chain{4};
  block one = chain.certified(chain.genesis, slot{5});
  CHECK(check_certificate(one.header, one.approvals, chain.spec));
  one.approvals.erase(one.approvals.begin() + 1);
  CHECK(check_certificate(one.header, one.approvals, chain.spec));
  one.approvals.pop_back();
  CHECK(check_certificate(one.header, one.approvals, chain.spec) == certificate_error::no_quorum);
  CHECK(check_certificate(one.header, {}, chain.spec) == certificate_error::no_quorum);
}

TEST_CASE("an authority counts once") {
  const test_chain chain{4};
  block one = chain.certified(chain.genesis, slot{5});
  one.approvals = {one.approvals[0], one.approvals[1], one.approvals[1]};
  CHECK(check_certificate(one.header, one.approvals, chain.spec) == certificate_error::out_of_order);
}

TEST_CASE("approvals ascend by authority") {
  const test_chain chain{4};
  block one = chain.certified(chain.genesis, slot{5});
  std::swap(one.approvals[0], one.approvals[1]);
  CHECK(check_certificate(one.header, one.approvals, chain.spec) == certificate_error::out_of_order);
}

TEST_CASE("an approval counts for its authority and its block only") {
  const test_chain chain{4};
  const block one = chain.certified(chain.genesis, slot{5});
  const block other = chain.certified(chain.genesis, slot{6});
  const approval good = one.approvals[2];
  CHECK(check_approval(one.header, good, chain.spec));
  CHECK(check_approval(one.header, {test_chain::index(1), good.signature}, chain.spec) == certificate_error::bad_approval);
  CHECK(check_approval(other.header, good, chain.spec) == certificate_error::bad_approval);
  CHECK(check_approval(one.header, {test_chain::index(4), good.signature}, chain.spec) == certificate_error::unknown_authority);
}

TEST_CASE("a good quorum with one bad approval is refused") {
  const test_chain chain{4};
  block one = chain.certified(chain.genesis, slot{5});
  one.approvals[3].signature = one.approvals[2].signature;
  CHECK(check_certificate(one.header, one.approvals, chain.spec) == certificate_error::bad_approval);
}

TEST_CASE("a seal is no approval and an approval no seal") {
  const test_chain chain;
  const block one = chain.certified(chain.genesis, slot{5});
  CHECK(check_approval(one.header, {test_chain::index(0), one.seal}, chain.spec) == certificate_error::bad_approval);
  CHECK_FALSE(is_seal(one.header, chain.spec.authorities[0], one.approvals[0].signature));
}

TEST_CASE("signatures bind chain and fork and slot") {
  const test_chain chain;
  const block one = chain.certified(chain.genesis, slot{5});
  const auto holds_after = [&](void (*change)(block_header&)) {
    block_header header = one.header;
    change(header);
    return is_seal(header, chain.spec.authorities[0], one.seal) ||
           is_approval(header, chain.spec.authorities[0], one.approvals[0].signature);
  };
  CHECK(holds_after([](block_header&) {}));
  CHECK_FALSE(holds_after([](block_header& h) { h.chain_id += 1; }));
  CHECK_FALSE(holds_after([](block_header& h) { h.fork += 1; }));
  CHECK_FALSE(holds_after([](block_header& h) { h.slot = slot{6}; }));
}
