// SPDX-License-Identifier: Apache-2.0
//
// Handles to what another process publishes: what goes over, what comes back, and what becomes of it when the other side is gone.
#include "two_nodes.hpp"

#include <support/actors/tree.hpp>

#include <future>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

class caller final : public actor<caller> {
public:
  using messages = accepts<ask_over>;
  using asks = to<ledger>;
  explicit caller(ref<ledger> book) : book_(std::move(book)) {}
  promise<std::uint64_t> handle(const ask_over&) {
    promise<std::uint64_t> sum;
    ask(book_, deposit{5}, patience).then([sum](std::uint64_t n) { sum.deliver(n); }, [sum](const error& e) { sum.deliver(e); });
    return sum;
  }

private:
  const ref<ledger> book_;
};

// A tree with one actor, through which tests send; a node, and a link to the peer.
struct this_side {
  explicit this_side(std::uint16_t port, const std::function<void(link_options&)>& change = {}, std::chrono::milliseconds silence = 20s)
      : here(node::start(here_options(silence))) {
    link_options to = to_peer(port);
    if (change) change(to);
    there = std::make_unique<remote_node>(here.connect(std::move(to)));
    book = there->handle<ledger>("book");
  }
  // `times` remarks from an actor.
  void tell(const std::string& text, int times = 1) {
    const act telling{[to = book, text, times](subject&) {
      for (int i = 0; i < times; ++i) send(to, remark{text});
      return times;
    }};
    REQUIRE(system.ask(teller, telling, patience) == times);
  }
  [[nodiscard]] bool adds_up() const {
    const link_counts c = there->counts();
    return c.sent == c.answered + c.refused + c.lost + c.on_the_way;
  }

  node here;
  std::unique_ptr<remote_node> there;
  ref<ledger> book;
  tree declared;
  ref<subject> teller = declared.add("teller");
  alys::system system = declared.start();
};

} // namespace

TEST_CASE("what another process publishes is asked and told as if it were here") {
  const peer other;
  this_side side(other.port());
  REQUIRE(side.there->wait_until_up(patience));
  CHECK(side.system.ask(side.book, deposit{5}, patience) == 5);
  CHECK(side.system.ask(side.book, deposit{7}, patience) == 12);
  side.tell("one");
  side.tell("two");
  CHECK(side.system.ask(side.book, remarks{}, patience) == std::vector<std::string>{"one", "two"});
  const auto narrow = side.there->handle_to<deposit>("book");
  CHECK(side.system.ask(narrow, deposit{1}, patience) == 13);
  CHECK(side.there->counts() == link_counts{.sent = 6, .answered = 6});
}

TEST_CASE("an actor here asks one in another process") {
  const peer other;
  this_side side(other.port());
  REQUIRE(side.there->wait_until_up(patience));
  supervisor_spec root{"root"};
  const auto caller_here = root.child<caller>("caller", {}, {}, side.book);
  auto system = alys::system::start(std::move(root));
  CHECK(system.ask(caller_here, ask_over{}, patience) == 5);
}

TEST_CASE("refusals and failures keep their codes and words on their way") {
  const peer other;
  this_side side(other.port());
  REQUIRE(side.there->wait_until_up(patience));
  const auto refused = side.system.ask(side.book, refuse_me{}, patience);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == denied::no_such_account);
  CHECK(refused.error().kind() == error_kind::refused);
  CHECK(refused.error().text() == "alice");
  const auto failed = side.system.ask(side.book, fail_now{}, patience);
  REQUIRE_FALSE(failed);
  CHECK(failed.error() == fault::invalid_reply);
  CHECK(failed.error().category() == category::external);
  CHECK(side.system.ask(side.book, who{}, patience) == "book 2"); // restarted there, and the handle is still good
}

TEST_CASE("what is not there is refused in words that say so") {
  const peer other;
  this_side side(other.port());
  REQUIRE(side.there->wait_until_up(patience));
  const auto nobody = side.there->handle<ledger>("bock");
  const auto absent = side.system.ask(nobody, deposit{1}, patience);
  REQUIRE_FALSE(absent);
  CHECK(absent.error() == errc::no_such_path);
  CHECK(absent.error().text() == "node alpha publishes nothing as \"bock\"");
  const auto wrong = side.system.ask(side.there->handle<caller>("book"), ask_over{}, patience);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error() == errc::not_accepted);
  CHECK(wrong.error().text() == "\"book\" on node alpha does not accept alys::test::ask_over");
}

TEST_CASE("a message whose fields differ on the other node is refused as another version") {
  const peer other({}, 0, ALYS_TEST_OTHER_PEER);
  this_side side(other.port());
  REQUIRE(side.there->wait_until_up(patience));
  const auto mixed_up = side.system.ask(side.book, deposit{1}, patience);
  REQUIRE_FALSE(mixed_up);
  CHECK(mixed_up.error() == errc::not_accepted);
  CHECK(mixed_up.error().text() == "node alpha knows another version of alys::test::deposit: its fields differ");
  CHECK(side.system.ask(side.book, who{}, patience) == "book 1"); // the rest is the same
}

TEST_CASE("asks that are open when the other process is killed are answered at once") {
  peer other;
  this_side side(other.port());
  REQUIRE(side.there->wait_until_up(patience));
  std::vector<std::future<result<void>>> open;
  for (int i = 0; i < 10; ++i)
    open.push_back(std::async(std::launch::async, [&] { return side.system.ask(side.book, wait_for_ever{}, 10min); }));
  REQUIRE(eventually([&] { return side.there->counts().on_the_way == 10; }));
  other.process().kill();
  for (auto& each : open) {
    REQUIRE(each.wait_for(patience) == std::future_status::ready);
    const auto answer = each.get();
    REQUIRE_FALSE(answer);
    CHECK(answer.error() == errc::unavailable);
    CHECK(answer.error().category() == category::network);
  }
  CHECK(side.there->counts().lost == 10);
  CHECK(side.adds_up());
}

TEST_CASE("a handle heals when the process is back") {
  auto first = std::make_unique<peer>();
  const std::uint16_t port = first->port();
  this_side side(port);
  REQUIRE(side.there->wait_until_up(patience));
  first->process().kill();
  REQUIRE(eventually([&] { return !side.there->up(); }));
  const auto gone = side.system.ask(side.book, deposit{1}, patience);
  REQUIRE_FALSE(gone);
  CHECK(gone.error() == errc::unavailable);
  CHECK(side.there->why_down() == errc::unavailable);
  CHECK_FALSE(side.there->why_down().text().empty());
  const peer second({}, port);
  REQUIRE(side.there->wait_until_up(patience));
  CHECK(side.system.ask(side.book, deposit{1}, patience) == 1); // of another life
  CHECK_FALSE(side.there->why_down());
}

TEST_CASE("messages that nobody waits for are dead letters while the link is down") {
  const auto port = peer().port();
  this_side side(port);
  side.tell("lost", 3);
  CHECK(side.system.dead_letters(dead_letter_cause::no_receiver) == 3);
  CHECK(side.declared.seen->dead_letters.lines() == lines(3, "alys::test::remark to alpha/book: no receiver"));
  CHECK(side.there->counts() == link_counts{.turned_away = 3});
  const auto told = side.system.ask(
      side.teller, act{[to = side.book](subject&) { return try_send(to, remark{}).error() == errc::unavailable ? 1 : 0; }}, patience);
  CHECK(told == 1);
}

TEST_CASE("a silent process is given up after its time and what was on the way to it is counted") {
  peer other;
  this_side side(other.port(), {}, 1s);
  REQUIRE(side.there->wait_until_up(patience));
  other.process().stop();
  side.tell("on the way", 5);
  auto asked = std::async(std::launch::async, [&] { return side.system.ask(side.book, who{}, 10min); });
  REQUIRE(asked.wait_for(patience) == std::future_status::ready);
  CHECK(asked.get().error() == errc::unavailable);
  REQUIRE(eventually([&] { return side.system.dead_letters(dead_letter_cause::no_receiver) == 5; }));
  CHECK(side.adds_up());
  other.process().resume();
  REQUIRE(side.there->wait_until_up(patience));
  CHECK(side.system.ask(side.book, who{}, patience) == "book 1");
}

TEST_CASE("no more than the window is on the way") {
  peer other;
  this_side side(other.port(), [](link_options& o) { o.window = 4; });
  REQUIRE(side.there->wait_until_up(patience));
  other.process().stop();
  side.tell("much", 6);
  CHECK(side.system.dead_letters(dead_letter_cause::mailbox_full) == 2);
  CHECK(side.there->counts().turned_away == 2);
  other.process().resume();
}

TEST_CASE("what is too large for a frame is refused on its way there and on its way back") {
  const peer other;
  this_side side(other.port());
  REQUIRE(side.there->wait_until_up(patience));
  const auto there = side.system.ask(side.book, repeat{std::string(2'000'000, 'x')}, patience);
  REQUIRE_FALSE(there);
  CHECK(there.error() == errc::out_of_range);
  const auto back = side.system.ask(side.book, repeat{std::string(1'000, 'x'), 2'000}, patience);
  REQUIRE_FALSE(back);
  CHECK(back.error() == errc::out_of_range);
  CHECK(side.system.ask(side.book, repeat{std::string(1'000, 'x'), 1'000}, patience).value().size() == 1'000'000);
  CHECK(side.there->up());
}

TEST_CASE("an ask that is never answered is forgotten in time") {
  const peer other;
  this_side side(other.port(), [](link_options& o) { o.answer_within = 100ms; });
  REQUIRE(side.there->wait_until_up(patience));
  const auto late = side.system.ask(side.book, wait_for_ever{}, 10min);
  REQUIRE_FALSE(late);
  CHECK(late.error() == errc::deadline);
  CHECK(side.there->counts() == link_counts{.sent = 1, .lost = 1});
}
