// SPDX-License-Identifier: Apache-2.0
//
// Mailboxes: their bounds, what gives way at them, and in which order they are emptied.
#include "support/actors/tree.hpp"

#include <future>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// A subject that is busy until the test lets it go, so that what is sent to it waits.
struct busy : tree {
  explicit busy(mailbox_options mailbox) : slot(add("a", {.mailbox = mailbox})), system(start()) {
    send(slot, perform{[inside = inside, until = until](subject&) {
           inside->open();
           until->pass();
         }});
    REQUIRE(inside->wait());
  }
  ~busy() { until->open(); }
  // What was handled afterwards, once `count` of them were.
  lines let_go(std::size_t count) {
    until->open();
    REQUIRE(of("a").log.wait_for_size(3 + count));
    lines all = of("a").log.lines();
    return {all.begin() + 3, all.end()};
  }
  [[nodiscard]] tree_node look() const { return *find(system.tree(), "/root/a"); }

  std::shared_ptr<gate> inside = std::make_shared<gate>();
  std::shared_ptr<gate> until = std::make_shared<gate>();
  ref<subject> slot;
  alys::system system;
};

// An ask that is underway when this returns.
std::future<result<int>> ask_aside(busy& t, act what) {
  const auto before = t.look();
  auto answer = std::async(std::launch::async, [&t, what = std::move(what)] { return t.system.ask(t.slot, what, patience); });
  REQUIRE(eventually([&] {
    const auto now = t.look();
    const auto ends = [](const tree_node& n) { return n.messages.rejected + n.messages.dropped; };
    return now.normal.depth > before.normal.depth || ends(now) > ends(before);
  }));
  return answer;
}

lines notes(int from, int to) {
  lines all;
  for (int i = from; i <= to; ++i) all.push_back("note " + std::to_string(i));
  return all;
}

} // namespace

TEST_CASE("a full mailbox rejects and tells whoever wants to know") {
  busy t{{.capacity = 2, .overflow = overflow::reject}};
  for (int i = 1; i <= 2; ++i) CHECK(try_send(t.slot, note{i}));
  const auto told = try_send(t.slot, note{3});
  CHECK(told == errc::mailbox_full);
  CHECK(told.error().undelivered());
  CHECK(t.seen->dead_letters.lines().empty());
  send(t.slot, note{4});
  CHECK(t.seen->dead_letters.lines() == lines{"alys::test::note to /root/a: mailbox full"});
  CHECK(t.system.ask(t.slot, answering(1), patience) == errc::mailbox_full);
  CHECK(t.look().messages.rejected == 3);
  CHECK(t.system.dead_letters(dead_letter_cause::mailbox_full) == 1);
  CHECK(t.let_go(2) == notes(1, 2));
}

TEST_CASE("drop_newest keeps what was there first") {
  busy t{{.capacity = 2, .overflow = overflow::drop_newest}};
  for (int i = 1; i <= 2; ++i) send(t.slot, note{i});
  CHECK(try_send(t.slot, note{3}) == errc::dropped);
  send(t.slot, note{4});
  CHECK(t.seen->dead_letters.lines() == lines{"alys::test::note to /root/a: dropped as the newest"});
  CHECK(t.system.ask(t.slot, answering(1), patience) == errc::dropped);
  CHECK(t.look().messages.dropped == 3);
  CHECK(t.let_go(2) == notes(1, 2));
}

TEST_CASE("drop_oldest keeps what came last and still answers what gave way") {
  busy t{{.capacity = 3, .overflow = overflow::drop_oldest}};
  auto displaced = ask_aside(t, answering(1));
  for (int i = 1; i <= 4; ++i) CHECK(try_send(t.slot, note{i}));
  CHECK(displaced.get() == errc::dropped);
  CHECK(t.seen->dead_letters.lines() == lines{"alys::test::note to /root/a: dropped as the oldest"});
  CHECK(t.look().messages.dropped == 2);
  CHECK(t.let_go(3) == notes(2, 4));
}

TEST_CASE("urgent messages have a bound of their own and go first") {
  const auto policy = GENERATE(overflow::reject, overflow::drop_oldest);
  busy t{{.capacity = 2, .urgent_capacity = 1, .overflow = policy}};
  send(t.slot, note{1});
  send(t.slot, note{2});
  send(t.slot, urgent_note{1});
  CHECK(t.look().urgent.depth == 1);
  CHECK(t.look().normal.depth == 2);
  CHECK(t.look().normal.capacity == 2);
  CHECK(t.look().urgent.capacity == 1);
  const bool taken = try_send(t.slot, urgent_note{2}).has_value();
  CHECK(taken == (policy == overflow::drop_oldest));
  CHECK(t.let_go(3) == lines{taken ? "urgent 2" : "urgent 1", "note 1", "note 2"});
}

TEST_CASE("urgent messages do not starve normal ones") {
  busy t{{.capacity = 10, .urgent_capacity = 100}};
  for (int i = 1; i <= 3; ++i) send(t.slot, note{i});
  for (int i = 1; i <= 60; ++i) send(t.slot, urgent_note{i});
  const lines order = t.let_go(63);
  const auto place = [&](const std::string& line) { return std::find(order.begin(), order.end(), line) - order.begin(); };
  CHECK(order.front() == "urgent 1");
  CHECK(place("note 1") == 16);
  CHECK(place("note 2") == 33);
  CHECK(place("note 3") == 50);
}

TEST_CASE("an answer goes before messages that wait") {
  tree t;
  promise<int> later;
  const auto other = t.root.child<helper>("helper", {}, {}, [later](int) { return later; });
  const auto a = t.add("a");
  auto system = t.start();
  const auto inside = std::make_shared<gate>();
  const auto until = std::make_shared<gate>();
  send(a, perform{[=](subject& s) {
         s.ask(other, question{1}, patience).then([&s](int n) { s.write("answer " + std::to_string(n)); }, [](const error&) {});
         inside->open();
         until->pass();
       }});
  REQUIRE(inside->wait());
  for (int i = 1; i <= 2; ++i) send(a, note{i});
  REQUIRE(eventually([&] { return find(system.tree(), "/root/helper")->messages.handled == 1; }));
  later.deliver(7);
  until->open();
  REQUIRE(t.of("a").log.wait_for("note 2"));
  CHECK(t.of("a").log.lines() == lines{"construct", "initialize", "started", "answer 7", "note 1", "note 2"});
}

TEST_CASE("messages of one sender stay in order whoever else sends") {
  constexpr int each = 2'000;
  tree t;
  const auto a = t.add("a");
  auto system = t.start({.messages_per_turn = 7});
  std::vector<std::thread> senders;
  for (int sender = 0; sender < 4; ++sender) {
    senders.emplace_back([=] {
      for (int i = 0; i < each; ++i) {
        while (!try_send(a, note{sender * each + i})) std::this_thread::yield();
      }
    });
  }
  for (auto& s : senders) s.join();
  CHECK(system.ask(a, answering(0), patience) == 0);
  std::array<int, 4> last{-1, -1, -1, -1};
  bool ordered = true;
  const lines all = t.of("a").log.lines();
  for (std::size_t i = 3; i < all.size(); ++i) {
    const int number = std::stoi(all[i].substr(5));
    int& before = last[static_cast<std::size_t>(number / each)];
    ordered = ordered && number % each == before + 1;
    before = number % each;
  }
  CHECK(all.size() == 3 + 4 * each);
  CHECK(ordered);
}

TEST_CASE("every message that was sent is counted once") {
  const auto policy = GENERATE(overflow::reject, overflow::drop_oldest, overflow::drop_newest);
  constexpr std::uint64_t sent = 4'000;
  tree t{one_for_one{.restarts = 10'000}};
  const auto a = t.add("a", {.mailbox = {.capacity = 16, .overflow = policy}});
  auto system = t.start();
  std::vector<std::thread> senders;
  for (int sender = 0; sender < 4; ++sender) {
    senders.emplace_back([=] {
      for (std::uint64_t i = 0; i < sent / 4; ++i) {
        if (i % 100 == 99) send(a, perform{[](subject&) { throw std::runtime_error("every now and then"); }});
        else send(a, note{static_cast<int>(i)});
      }
    });
  }
  for (auto& s : senders) s.join();
  const auto counts = [&] { return find(system.tree(), "/root/a")->messages; };
  CHECK(eventually([&] {
    const auto m = counts();
    return m.queued == 0 && m.handled + m.refused + m.failed + m.undelivered + m.rejected + m.dropped == sent;
  }));
  const auto m = counts();
  CHECK(m.rejected == system.dead_letters(dead_letter_cause::mailbox_full));
  CHECK(m.dropped == system.dead_letters(dead_letter_cause::dropped_oldest) + system.dead_letters(dead_letter_cause::dropped_newest));
  CHECK(eventually([&] { return m.failed == system.dead_letters(dead_letter_cause::failed); })); // counted first, told then
}

TEST_CASE("the deepest that a mailbox ever was is remembered") {
  busy t{{.capacity = 10}};
  for (int i = 1; i <= 5; ++i) send(t.slot, note{i});
  CHECK(t.look().normal.depth == 5);
  CHECK(t.let_go(5) == notes(1, 5));
  CHECK(eventually([&] { return t.look().normal.depth == 0; }));
  CHECK(t.look().normal.high_water == 5);
}

TEST_CASE("each dead letter is told and only some are logged") {
  busy t{{.capacity = 1}};
  send(t.slot, note{0});
  for (int i = 0; i < 1'000; ++i) send(t.slot, note{1});
  CHECK(t.seen->dead_letters.lines().size() == 1'000);
  CHECK(t.system.dead_letters(dead_letter_cause::mailbox_full) == 1'000);
  const lines logged = t.log->lines();
  CHECK(logged.size() >= 10);
  CHECK(logged.size() < 100);
  CHECK(logged.front() == "dead letter: alys::test::note from unknown to /root/a (-): mailbox full");
}

TEST_CASE("a dead letter names the actor that sent it") {
  struct sender_watch final : observer {
    void dead_letter_made(const dead_letter& letter) override { senders.write(std::string{letter.sender}); }
    journal senders;
  };
  const auto watch = std::make_shared<sender_watch>();
  tree t;
  const auto full = t.add("full", {.mailbox = {.capacity = 1}});
  const auto b = t.add("b");
  auto system = t.start({.observers = {watch}});
  const auto inside = std::make_shared<gate>();
  const auto until = std::make_shared<gate>();
  send(full, perform{[=](subject&) {
         inside->open();
         until->pass();
       }});
  REQUIRE(inside->wait());
  send(full, note{1});
  CHECK(system.ask(b, act{[full](subject&) {
                     send(full, note{2});
                     return 0;
                   }},
                   patience) == 0);
  until->open();
  CHECK(watch->senders.lines() == lines{"/root/b"});
}
