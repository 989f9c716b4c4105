// SPDX-License-Identifier: Apache-2.0
//
// A client that lacks blocks is given them from the store, and no others.
#include <alys/domain/engine/fed_engine.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <vector>

using namespace alys::domain;

namespace {

[[nodiscard]] hash256 id_of(std::uint64_t height, std::uint8_t branch = 0) {
  std::array<std::uint8_t, 32> raw{0xb1, branch};
  raw[30] = static_cast<std::uint8_t>(height >> 8U);
  raw[31] = static_cast<std::uint8_t>(height);
  return hash256{raw};
}

// A chain as the store has it: block 0 to `height`.
class stored_chain {
public:
  explicit stored_chain(std::uint64_t height) {
    for (std::uint64_t at = 0; at <= height; ++at) {
      execution_payload& made = blocks_[id_of(at)];
      made.block_hash = id_of(at);
      made.block_number = block_height{at};
      if (at > 0) made.parent_hash = id_of(at - 1);
    }
  }
  [[nodiscard]] payload_lookup lookup() const {
    return [this](const hash256& block) -> alys::result<std::optional<execution_payload>> {
      if (broken) return alys::fail(alys::category::database, "the disk is gone");
      const auto found = blocks_.find(block);
      return found != blocks_.end() ? std::optional{found->second} : std::nullopt;
    };
  }
  [[nodiscard]] execution_payload after(std::uint64_t height) const {
    execution_payload next;
    next.parent_hash = id_of(height);
    next.block_hash = id_of(height + 1);
    next.block_number = block_height{height + 1};
    return next;
  }

  bool broken = false;

private:
  std::map<hash256, execution_payload> blocks_;
};

// Knows the blocks that it was given on top of those that it knows. Answers when it is told to, one call at a time, as over a connection.
class forgetful_client final : public execution_engine {
public:
  explicit forgetful_client(std::uint64_t height) {
    for (std::uint64_t at = 0; at <= height; ++at) {
      known.insert(id_of(at));
      places[id_of(at)] = {at, at > 0 ? id_of(at - 1) : hash256{}};
    }
    head = id_of(height);
    go_to(head);
  }
  ~forgetful_client() override {
    for (auto all = std::exchange(calls_, {}); const auto& each : all) each(alys::refuse(alys::errc::stopped));
  }

  std::set<hash256> known;
  hash256 head;
  std::size_t given = 0;             // payloads
  std::optional<hash256> disliked{}; // is invalid for it
  std::optional<alys::error> away{}; // what it answers instead
  payload_status unknown = payload_status::syncing;

  // Answers calls until there are none left, or so many.
  void answer(std::size_t most = 10'000) {
    for (; most > 0 && !calls_.empty(); --most) {
      const auto next = std::move(calls_.front());
      calls_.pop_front();
      next(away.value_or(alys::error{}));
    }
  }
  [[nodiscard]] std::size_t waiting() const { return calls_.size(); }

  void fork_choice_updated(const forkchoice_state& state, std::optional<payload_attributes> attributes,
                           alys::domain::answer<forkchoice_verdict> done) override {
    calls_.push_back([this, state, builds = attributes.has_value(), done](const alys::error& trouble) {
      if (trouble) return done(trouble);
      ++choices;
      forkchoice_verdict verdict{.status = unknown};
      if (known.contains(state.head)) {
        verdict.status = payload_status::valid;
        if (go_to(state.head) && builds) verdict.payload.emplace();
      }
      done(verdict);
    });
  }
  void new_payload(execution_payload payload, alys::domain::answer<payload_verdict> done) override {
    calls_.push_back([this, payload, done](const alys::error& trouble) {
      if (trouble) return done(trouble);
      ++given;
      payload_verdict verdict;
      verdict.status = unknown;
      if (payload.block_hash == disliked) {
        verdict.status = payload_status::invalid;
        verdict.validation_error = "wrong root";
      } else if (known.contains(payload.block_hash) || (known.contains(payload.parent_hash) && !stateless.contains(payload.parent_hash))) {
        known.insert(payload.block_hash);
        places[payload.block_hash] = {payload.block_number.value(), payload.parent_hash};
        verdict.status = payload_status::valid;
      }
      done(verdict);
    });
  }

  // As geth: what is on the way of its head, or was before it lost states, is old news, and it stays where it is.
  bool stays_at_old_news = false;
  std::set<hash256> stateless;                                 // blocks that it has without their states
  std::map<hash256, std::pair<std::uint64_t, hash256>> places; // height and parent
  std::map<std::uint64_t, hash256> way;                        // of its head, by height
  std::size_t choices = 0;

  std::uint64_t frozen = 0; // what is on the way of its head up to here stays there

  bool go_to(const hash256& block) {
    const auto [height, parent] = places[block];
    if (stays_at_old_news && block != head && way.contains(height) && way[height] == block) return false;
    head = block;
    for (hash256 at = block; places.contains(at); at = places[at].second) {
      stateless.erase(at); // executed once more where needed
      if (places[at].first > frozen || !way.contains(places[at].first)) way[places[at].first] = at;
    }
    return true;
  }

  // Nobody asks for these here.
  void chain_id(alys::domain::answer<std::uint64_t>) override { FAIL(); }
  void genesis(alys::domain::answer<genesis_payload>) override { FAIL(); }
  void get_payload(const payload_id&, alys::domain::answer<execution_payload>) override { FAIL(); }
  void payload_bodies(block_height, std::size_t, alys::domain::answer<std::vector<payload_body>>) override { FAIL(); }
  void state_committed(const hash256&) override { FAIL(); }
  void submit_transaction(bytes, alys::domain::answer<hash256>) override { FAIL(); }
  void restore_transactions(std::vector<bytes>, alys::domain::answer<std::vector<hash256>>) override { FAIL(); }
  void take_dropped_transactions(alys::domain::answer<std::vector<hash256>>) override { FAIL(); }
  void pending_transaction(const hash256&, alys::domain::answer<transaction_ptr>) override { FAIL(); }
  void pool_status(alys::domain::answer<pool_counts>) override { FAIL(); }
  void account_at(const address&, const block_selector&, alys::domain::answer<account_status>) override { FAIL(); }
  void code_at(const address&, const block_selector&, alys::domain::answer<bytes>) override { FAIL(); }
  void storage_at(const address&, const hash256&, const block_selector&, alys::domain::answer<hash256>) override { FAIL(); }
  void call(call_request, const block_selector&, alys::domain::answer<bytes>) override { FAIL(); }
  void quote_fees(alys::domain::answer<fee_quote>) override { FAIL(); }
  void estimate_gas(call_request, alys::domain::answer<gas>) override { FAIL(); }

private:
  std::deque<std::function<void(alys::error)>> calls_;
};

struct led_client {
  led_client(std::uint64_t stored, std::uint64_t has)
      : chain(stored), client(std::make_shared<forgetful_client>(has)), engine(feed_from(chain.lookup(), client, progress)) {}

  std::shared_ptr<alys::result<forkchoice_verdict>> lead_to(const hash256& head, bool build = false) {
    auto told = std::make_shared<alys::result<forkchoice_verdict>>(alys::refuse(alys::errc::deadline));
    engine->fork_choice_updated({.head = head}, build ? std::optional{payload_attributes{}} : std::nullopt,
                                [told](alys::result<forkchoice_verdict> v) { *told = std::move(v); });
    return told;
  }

  [[nodiscard]] alys::error engine_refuses_a_read() const {
    alys::error refused;
    engine->account_at({}, block_tag::latest, [&](const alys::result<account_status>& r) { refused = r.error(); });
    return refused;
  }

  stored_chain chain;
  std::shared_ptr<forgetful_client> client;
  std::shared_ptr<feed_progress> progress = std::make_shared<feed_progress>();
  std::shared_ptr<execution_engine> engine;
};

} // namespace

TEST_CASE("a client that has the head is given nothing") {
  led_client l(5, 5);
  const auto told = l.lead_to(id_of(5));
  l.client->answer();
  REQUIRE(*told);
  CHECK((*told)->status == payload_status::valid);
  CHECK(l.client->given == 0);
}

TEST_CASE("a client that is behind is given what it lacks and leads to the head") {
  for (const payload_status how : {payload_status::syncing, payload_status::accepted}) {
    for (const std::uint64_t has : {0U, 1U, 3U, 11U, 12U}) {
      INFO(has);
      led_client l(13, has);
      l.client->unknown = how;
      const auto told = l.lead_to(id_of(13), true);
      l.client->answer();
      REQUIRE(*told);
      CHECK((*told)->status == payload_status::valid);
      CHECK((*told)->payload);
      CHECK(l.client->head == id_of(13));
      CHECK(l.client->given <= 2 * (13 - has) + 5); // the way back takes ever longer steps
    }
  }
}

TEST_CASE("how far a client is with what it is given can be seen while it goes on") {
  led_client l(60, 0);
  CHECK(l.progress->behind() == 0);
  const auto told = l.lead_to(id_of(60));
  std::uint64_t most = 0;
  for (std::uint64_t before = 0; l.client->waiting() > 0; l.client->answer(1)) {
    most = std::max(most, l.progress->behind());
    CHECK(l.progress->given_ever >= before);
    before = l.progress->given_ever;
  }
  CHECK(most > most_fed_at_once);
  CHECK(l.progress->behind() == 0);
  CHECK(l.progress->given_ever >= 59); // all but the first and those that it took while it was looked for what it lacks
  CHECK(l.client->known.contains(id_of(60)));
}

TEST_CASE("a client that is ahead and stays there goes beside the head and then to it") {
  led_client l(20, 20);
  l.client->stays_at_old_news = true;
  const auto ahead = l.lead_to(id_of(12));
  l.client->answer();
  CHECK((*ahead)->status == payload_status::valid);
  REQUIRE(l.client->head == id_of(20)); // that is what it does
  const auto told = l.lead_to(id_of(12), true);
  l.client->answer();
  REQUIRE(*told);
  CHECK((*told)->payload);
  CHECK(l.client->head == id_of(12));
  CHECK(l.client->given == 2); // another block of this height, and the block
}

TEST_CASE("a client that has lost states executes those blocks again one by one") {
  for (const std::uint64_t lost : {1U, 2U, 5U, 14U}) {
    INFO(lost);
    led_client l(20, 20);
    l.client->stays_at_old_news = true;
    for (std::uint64_t at = 20 - lost + 1; at <= 20; ++at) l.client->stateless.insert(id_of(at));
    l.client->head = id_of(20 - lost);
    const auto told = l.lead_to(id_of(20), true);
    l.client->answer();
    REQUIRE(*told);
    CHECK((*told)->payload);
    CHECK(l.client->head == id_of(20));
    CHECK(l.client->stateless.empty());
  }
}

TEST_CASE("a client that has lost states and lacks blocks besides gets both") {
  led_client l(20, 12);
  l.client->stays_at_old_news = true;
  for (std::uint64_t at = 8; at <= 12; ++at) l.client->stateless.insert(id_of(at));
  l.client->head = id_of(7);
  for (int i = 0; i < 2; ++i) {
    const auto told = l.lead_to(id_of(20), true);
    l.client->answer();
    if (i == 0) continue; // more than are given at once
    REQUIRE(*told);
    CHECK((*told)->payload);
  }
  CHECK(l.client->head == id_of(20));
  CHECK(l.client->stateless.empty());
}

TEST_CASE("a client for which the blocks after the head are final says so") {
  led_client l(20, 20);
  l.client->stays_at_old_news = true;
  l.client->frozen = 15;
  const auto told = l.lead_to(id_of(12), true);
  l.client->answer();
  REQUIRE(*told == engine_error::client_refused);
  CHECK(told->error().text().find("does not go back to the head") != std::string::npos);
}

TEST_CASE("a client that stays ahead of the first block is to be begun anew") {
  led_client l(5, 5);
  l.client->stays_at_old_news = true;
  const auto told = l.lead_to(id_of(0), true);
  l.client->answer();
  REQUIRE(*told == engine_error::client_refused);
  CHECK(told->error().text().find("begin it anew") != std::string::npos);
}

TEST_CASE("many blocks are given while calls are refused with how far it has come") {
  led_client l(100, 0);
  const auto first = l.lead_to(id_of(100));
  l.client->answer(30);
  REQUIRE(*first == engine_error::catching_up);
  CHECK(client_is_away(first->error()));
  CHECK(first->error().text() == "the execution client is given what it lacks: 0 of 100 blocks");
  const auto second = l.lead_to(id_of(100));
  l.client->answer(30);
  REQUIRE(*second == engine_error::catching_up);
  CHECK(second->error().text() != first->error().text());
  CHECK(l.engine_refuses_a_read() == engine_error::catching_up); // the client would answer for another head
  l.client->answer();
  const auto third = l.lead_to(id_of(100));
  l.client->answer();
  REQUIRE(*third);
  CHECK((*third)->status == payload_status::valid);
  CHECK(l.client->known.size() == 101);
}

TEST_CASE("a payload whose parent the client lacks is checked once it has it") {
  led_client l(6, 2);
  std::optional<alys::result<payload_verdict>> told;
  l.engine->new_payload(l.chain.after(6), [&](alys::result<payload_verdict> v) { told = std::move(v); });
  l.client->answer();
  REQUIRE(told);
  REQUIRE(*told);
  CHECK((*told)->status == payload_status::valid);
  CHECK(l.client->known.contains(id_of(7)));
}

TEST_CASE("a head that the store does not have either is refused by name") {
  led_client l(6, 2);
  const auto told = l.lead_to(id_of(9, 1));
  l.client->answer();
  REQUIRE(*told == engine_error::unknown_block);
  CHECK(told->error().text().find(to_hex(id_of(9, 1))) != std::string::npos);
  const auto next = l.lead_to(id_of(6)); // nothing of it is left
  l.client->answer();
  CHECK(*next);
}

TEST_CASE("a client that finds a stored block invalid is of another chain") {
  led_client l(6, 2);
  l.client->disliked = id_of(4);
  const auto told = l.lead_to(id_of(6));
  l.client->answer();
  REQUIRE(*told == engine_error::wrong_chain);
  CHECK(told->error().text().find("block 4 of this chain invalid: wrong root") != std::string::npos);
}

TEST_CASE("a client that goes away meanwhile is given the rest later") {
  led_client l(100, 0);
  const auto first = l.lead_to(id_of(100));
  l.client->answer(40);
  l.client->away = alys::refuse(alys::errc::breaker_open, "left alone");
  l.client->answer();
  const auto second = l.lead_to(id_of(100));
  l.client->answer();
  CHECK(*second == alys::errc::breaker_open);
  l.client->away.reset();
  const auto third = l.lead_to(id_of(100));
  l.client->answer();
  const auto last = l.lead_to(id_of(100));
  l.client->answer();
  CHECK(*last);
  CHECK(l.client->head == id_of(100));
}

TEST_CASE("what the store fails at is passed on") {
  led_client l(6, 2);
  l.chain.broken = true;
  const auto told = l.lead_to(id_of(6));
  l.client->answer();
  REQUIRE_FALSE(*told);
  CHECK(told->error().failed());
}

TEST_CASE("an engine that ends while its client is fed answers what it owes") {
  led_client l(6, 2);
  const auto told = l.lead_to(id_of(6));
  l.client->answer(1); // it is being given the first one
  REQUIRE(l.client->waiting() == 1);
  l.engine.reset();
  l.client.reset();
  CHECK(*told == alys::errc::stopped);
}
