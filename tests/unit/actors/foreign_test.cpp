// SPDX-License-Identifier: Apache-2.0
//
// Plain CAF actors beside a tree: they ask, send and monitor slots as if these were theirs.
#include "support/actors/journal.hpp"
#include "support/actors/watch.hpp"

#include <alys/actors.hpp>
#include <alys/actors/caf.hpp>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace foreign {

enum class denied : std::uint8_t { none, too_much };
ALYS_ERRORS(denied, too_much)

struct receipt {
  std::string account;
  std::uint64_t sum = 0;
};
struct deposit {
  using reply = std::uint64_t;
  std::string account;
  std::uint64_t amount = 0;
};
struct statement {
  using reply = receipt;
  std::string account;
};
struct name_of {
  using reply = std::string;
  int number = 0;
};
struct close_book {
  using reply = void;
};
struct wait_for {
  const alys::test::gate* entered = nullptr;
  const alys::test::gate* until = nullptr;
};
struct jot {
  int number = 0;
};
// Copies do not come out of its constructor alive.
struct grenade {
  grenade() = default;
  grenade(const grenade& other) : armed(other.armed) {
    if (armed) throw std::runtime_error("cannot be copied");
  }
  grenade(grenade&&) = default;
  bool armed = false;
};
struct unheard_of {
  int number = 0;
};
ALYS_MESSAGE(deposit, account, amount)
ALYS_MESSAGE(statement, account)
ALYS_MESSAGE(name_of, number)
ALYS_MESSAGE(close_book)
ALYS_MESSAGE(wait_for)
ALYS_MESSAGE(jot, number)
ALYS_MESSAGE(grenade, armed)

class ledger final : public alys::actor<ledger> {
public:
  using messages = alys::accepts<deposit, statement, name_of, close_book, wait_for, jot, grenade>;
  explicit ledger(std::shared_ptr<alys::test::journal> log) : log_(std::move(log)) {}

  alys::result<std::uint64_t> handle(const deposit& d) {
    if (d.amount > 1'000) return alys::refuse(denied::too_much, d.account);
    if (d.amount == 0) throw std::runtime_error("nothing to deposit");
    return book_[d.account] += d.amount;
  }
  receipt handle(const statement& s) { return {s.account, book_[s.account]}; }
  std::string handle(const name_of& n) { return "account " + std::to_string(n.number); }
  void handle(const close_book&) { book_.clear(); }
  void handle(const wait_for& w) {
    const_cast<alys::test::gate*>(w.entered)->open();
    w.until->pass();
  }
  void handle(const jot& j) { log_->write("jot " + std::to_string(j.number)); }
  void handle(const grenade&) { log_->write("grenade"); }

private:
  std::shared_ptr<alys::test::journal> log_;
  std::map<std::string, std::uint64_t> book_;
};

} // namespace foreign

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(foreign::receipt)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(foreign::deposit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(foreign::statement)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(foreign::name_of)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(foreign::close_book)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(foreign::wait_for)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(foreign::jot)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(foreign::grenade)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(foreign::unheard_of)

using namespace alys::test;
using namespace foreign;

namespace {

struct bank {
  explicit bank(alys::child_options options = {})
      : root("bank"),
        book(root.child<ledger>("book", {}, std::move(options), log)),
        system(alys::system::start(root, {.log = alys::log_to_nowhere(), .observers = {seen}})),
        address(alys::to_caf(book)) {}

  // What a plain actor gets for a request: the value, or the error's code. The code of an answer of another type is unexpected.
  template <class R, class M>
  std::pair<std::optional<R>, caf::error> request(M what) {
    std::pair<std::optional<R>, caf::error> got;
    caf::scoped_actor self{alys::caf_system(system)};
    self->request(address, patience, std::move(what))
        .receive([&](const R& r) { got.first = r; }, [&](caf::error& e) { got.second = std::move(e); });
    return got;
  }

  alys::supervisor_spec root;
  std::shared_ptr<journal> log = std::make_shared<journal>();
  std::shared_ptr<watch> seen = std::make_shared<watch>();
  alys::ref<ledger> book;
  alys::system system;
  caf::actor address;
};

} // namespace

TEST_CASE("a plain actor asks with its own message and gets a number back") {
  bank b;
  const auto got = b.request<std::uint64_t>(deposit{"alice", 5});
  CHECK(got.first == 5u);
  CHECK(b.system.ask(b.book, deposit{"alice", 5}, patience) == 10u);
}

TEST_CASE("replies of any type reach a plain actor") {
  bank b;
  REQUIRE(b.request<std::uint64_t>(deposit{"alice", 5}).first);
  const auto got = b.request<receipt>(statement{"alice"});
  REQUIRE(got.first);
  CHECK(got.first->account == "alice");
  CHECK(got.first->sum == 5);
  CHECK(b.request<std::string>(name_of{3}).first == "account 3");

  bool done = false;
  caf::scoped_actor self{alys::caf_system(b.system)};
  self->request(b.address, patience, close_book{}).receive([&] { done = true; }, [](const caf::error&) {});
  CHECK(done);
}

TEST_CASE("a refusal and a failure reach a plain actor as errors with their text") {
  bank b;
  const auto& system = alys::caf_system(b.system);
  const auto refused = b.request<std::uint64_t>(deposit{"alice", 1'001});
  REQUIRE(refused.second);
  CHECK(refused.second == caf::sec::runtime_error);
  CHECK_THAT(system.render(refused.second), Catch::Contains("denied::too_much: alice"));
  const auto failed = b.request<std::uint64_t>(deposit{"alice", 0});
  REQUIRE(failed.second);
  CHECK_THAT(system.render(failed.second), Catch::Contains("nothing to deposit"));
  CHECK(b.request<std::uint64_t>(deposit{"alice", 5}).first == 5u);
  CHECK(b.seen->decisions.lines() == std::vector<std::string>{"/bank/book (1): restart"});
}

TEST_CASE("what a slot does not accept is answered or becomes a dead letter") {
  bank b;
  const auto got = b.request<int>(unheard_of{1});
  REQUIRE(got.second);
  CHECK(got.second == caf::sec::unexpected_message);
  caf::anon_send(b.address, unheard_of{2});
  caf::anon_send(b.address, jot{1}, jot{2});
  caf::anon_send_exit(b.address, caf::exit_reason::kill);
  CHECK(b.seen->dead_letters.wait_for("(a message of a plain CAF actor) to /bank/book: not accepted", 3));
  CHECK(b.request<std::uint64_t>(deposit{"alice", 5}).first == 5u);
}

TEST_CASE("the bound of a mailbox holds for plain actors too") {
  gate entered, until; // outlive the handler that stands in them
  bank b{{.mailbox = {.capacity = 2}}};
  caf::anon_send(b.address, wait_for{&entered, &until});
  REQUIRE(entered.wait());
  for (int i = 1; i <= 4; ++i) caf::anon_send(b.address, jot{i});
  const auto refused = b.request<std::string>(name_of{3});
  REQUIRE(refused.second);
  CHECK_THAT(alys::caf_system(b.system).render(refused.second), Catch::Contains("mailbox_full"));
  until.open();
  CHECK(b.log->wait_for("jot 2"));
  CHECK(b.seen->dead_letters.lines() == std::vector<std::string>(2, "foreign::jot to /bank/book: mailbox full"));
  CHECK(b.log->lines() == std::vector<std::string>{"jot 1", "jot 2"});
  CHECK(find(b.system.tree(), "/bank/book")->messages.rejected == 3);
}

TEST_CASE("a message whose copy throws harms neither the plain sender nor the slot") {
  bank b;
  grenade armed;
  armed.armed = true;
  caf::anon_send(b.address, std::move(armed));
  CHECK(b.seen->dead_letters.wait_for("(a message of a plain CAF actor) to /bank/book: not accepted"));
  CHECK(b.request<std::uint64_t>(deposit{"alice", 5}).first == 5u);
}

namespace {

// Spawned as a class: what CAF makes of a function trips the sanitizer.
class watcher final : public caf::event_based_actor {
public:
  watcher(caf::actor_config& config, const caf::actor& of, journal* downs) : caf::event_based_actor(config), of_(of) {
    set_down_handler([downs](const caf::down_msg&) { downs->write("down"); });
  }
  caf::behavior make_behavior() override {
    monitor(of_);
    return {[](int n) { return n; }};
  }

private:
  caf::actor of_;
};

class immortal final : public caf::event_based_actor {
public:
  using caf::event_based_actor::event_based_actor;
  caf::behavior make_behavior() override {
    return {[](int) {}};
  }
};

} // namespace

TEST_CASE("a plain actor monitors a slot over its restarts to its end") {
  bank b;
  journal downs;
  auto& system = alys::caf_system(b.system);
  const auto its_watcher = system.spawn<watcher>(b.address, &downs);
  caf::scoped_actor self{system};
  self->request(its_watcher, patience, 1).receive([](int) {}, [](const caf::error&) {});
  CHECK(b.request<std::uint64_t>(deposit{"alice", 0}).second);
  CHECK(b.request<std::uint64_t>(deposit{"alice", 5}).first == 5u);
  CHECK(downs.count("down") == 0);
  CHECK(b.system.shutdown(patience).in_time);
  CHECK(downs.wait_for("down"));
}

TEST_CASE("a slot that has stopped answers plain actors that it has") {
  bank b;
  CHECK(b.system.shutdown(patience).in_time);
  const auto got = b.request<std::uint64_t>(deposit{"alice", 5});
  REQUIRE(got.second);
  CHECK(got.second == caf::sec::request_receiver_down);
}

TEST_CASE("there is no address before the tree runs") {
  alys::supervisor_spec root{"bank"};
  const auto book = root.child<ledger>("book", {}, {}, std::make_shared<journal>());
  CHECK_FALSE(alys::to_caf(book));
  CHECK_THROWS_WITH(alys::to_caf(alys::ref<ledger>{}), "alys: an empty handle was used");
}

TEST_CASE("a plain actor that never ends does not hold its system up") {
  bank b;
  alys::caf_system(b.system).spawn<immortal>();
  CHECK(b.system.shutdown(patience).in_time);
}

namespace {

// Writes once.
class writer final : public caf::event_based_actor {
public:
  writer(caf::actor_config& config, caf::actor to) : caf::event_based_actor(config), to_(std::move(to)) {}
  caf::behavior make_behavior() override {
    send(to_, jot{2});
    return {};
  }

private:
  caf::actor to_;
};

} // namespace

TEST_CASE("threads that CAF started do not wait for room in a mailbox that blocks") {
  gate entered, until; // outlive the handler that stands in them
  bank b{{.mailbox = {.capacity = 1, .overflow = alys::overflow::block, .block_for = 1min}}};
  send(b.book, wait_for{&entered, &until});
  REQUIRE(entered.wait());
  send(b.book, jot{1});
  // An event-based actor on a thread of the pool, one on a thread of its own, and the clock.
  auto& system = alys::caf_system(b.system);
  system.spawn<writer>(b.address);
  system.spawn<writer, caf::detached>(b.address);
  caf::scoped_actor self{system};
  self->delayed_send(b.address, 1ms, jot{3});
  CHECK(eventually([&] { return b.system.dead_letters(alys::dead_letter_cause::mailbox_full) == 3; }));
  until.open();
}
