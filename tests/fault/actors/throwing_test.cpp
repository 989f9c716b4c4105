// SPDX-License-Identifier: Apache-2.0
//
// Users' functions that throw where nobody expects it.
#include "support/actors/tree.hpp"

#include <alys/actors/fault.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

struct rude_observer final : observer {
  void lifecycle_changed(std::string_view, const lifecycle_event&) override { throw std::runtime_error("step"); }
  void failure_decided(const failure&, action) override { throw 42; }
  void dead_letter_made(const dead_letter&) override { throw std::string{"letter"}; }
};

// An exception whose what() throws, which it must not.
struct mute final : std::exception {
  [[nodiscard]] const char* what() const noexcept override { return "mute"; }
};

// A message that cannot even be moved without a throw.
struct slippery {
  slippery() = default;
  slippery(const slippery&) = default;
  slippery(slippery&& other) : moves(other.moves + 1) {
    if (moves > 1) throw std::runtime_error("slipped");
  }
  int moves = 0;
};
ALYS_MESSAGE(slippery, moves)
// A reply that throws while it is put into the answer.
struct treacherous {
  treacherous() = default;
  treacherous(const treacherous&) { throw std::runtime_error("treachery"); }
  treacherous(treacherous&&) { throw std::runtime_error("treachery"); }
};
struct betray {
  using reply = treacherous;
};
ALYS_MESSAGE(betray)

class victim final : public actor<victim> {
public:
  using messages = accepts<slippery, betray, question>;
  void handle(slippery) {}
  treacherous handle(const betray&) { return {}; }
  int handle(const question& q) { return q.number; }
};

} // namespace

TEST_CASE("observers that throw are logged and hold nobody up") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start({.observers = {std::make_shared<rude_observer>()}});
  CHECK(system.ask(a, throwing(), patience).error().failed());
  send(a, perform{[](subject&) { throw std::runtime_error("again"); }});
  CHECK(system.ask(a, incarnation_of(), patience) == 3);
  CHECK(t.seen->decisions.lines() == lines{"/root/a (1): restart", "/root/a (2): restart"});
  CHECK(system.shutdown(patience).in_time);
  CHECK(t.log->count("an observer threw: step") > 0);
  CHECK(t.log->count("an observer threw: errc::unknown_exception: something was thrown that is no std::exception") == 3);
}

TEST_CASE("a log that throws loses its lines to standard error and nothing else") {
  tree t;
  const auto a = t.add("a");
  auto system = alys::system::start(t.root, {.log = [](log_level, std::string_view) { throw 42; }, .observers = {t.seen}});
  CHECK(system.ask(a, throwing(), patience).error().failed());
  CHECK(system.ask(a, incarnation_of(), patience) == 2);
  CHECK(system.shutdown(patience).in_time);
}

TEST_CASE("a system without a log or observers is silent") {
  supervisor_spec root{"root"};
  const auto log = std::make_shared<script>();
  const auto a = root.child<subject>("a", {}, {}, log);
  auto system = alys::system::start(root, {.log = nullptr});
  CHECK(system.ask(a, throwing(), patience).error().failed());
  CHECK(system.ask(a, incarnation_of(), patience) == 2);
}

TEST_CASE("whatever a handler throws is a failure with a category") {
  tree t{one_for_one{.restarts = 100}};
  const auto a = t.add("a");
  auto system = t.start();
  const auto thrown = [&](auto what) { return system.ask(a, act{[what](subject&) -> result<int> { throw what; }}, patience).error(); };
  CHECK(thrown(1).code() == errc::unknown_exception);
  CHECK(thrown("text").code() == errc::unknown_exception);
  CHECK(thrown(mute{}).text() == "mute");
  CHECK(thrown(std::bad_alloc{}).code() == fault::out_of_memory);
  CHECK(thrown(std::system_error{std::make_error_code(std::errc::connection_reset)}).category() == category::network);
  CHECK(thrown(std::exception_ptr{}).code() == errc::unknown_exception);
  CHECK(thrown(bad_result{fail(category::database, "gone")}).category() == category::database);
}

TEST_CASE("messages and replies that throw when they move are failures of the actor that holds them") {
  supervisor_spec root{"root", one_for_one{.restarts = 100}};
  const auto a = root.child<victim>("a");
  const auto seen = std::make_shared<watch>();
  auto system = alys::system::start(root, {.log = log_to_nowhere(), .observers = {seen}});
  send(a, slippery{}); // moved into its envelope, and again into the handler
  CHECK(seen->decisions.wait_for("/root/a (1): restart"));
  CHECK(system.ask(a, betray{}, patience).error().failed());
  CHECK(system.ask(a, question{7}, patience) == 7);
  CHECK_THROWS_AS(send(a,
                       [] {
                         slippery twice;
                         twice.moves = 1;
                         return twice;
                       }()),
                  std::runtime_error); // the sender's own
}
