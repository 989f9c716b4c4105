// SPDX-License-Identifier: Apache-2.0
//
// Full mailboxes that block: in virtual time where actors wait, on real threads where threads do.
#include "support/actors/tree.hpp"

#include <alys/testkit.hpp>

#include <future>
#include <thread>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;
using alys::testkit::bench;
using alys::testkit::takes;

namespace {

constexpr mailbox_options narrow{.capacity = 1, .urgent_capacity = 1, .overflow = overflow::block, .block_for = 1s};

// A bench with subjects in it, each with a script of its own.
struct stage {
  ref<subject> add(const std::string& name, mailbox_options mailbox = {}) {
    auto& its = scripts[name];
    its = std::make_shared<script>();
    return t.root().child<subject>(name, {}, {.mailbox = mailbox, .resume_after_throw = true}, its);
  }
  // The notes that it has handled, in order.
  [[nodiscard]] lines notes(const std::string& name) const {
    lines all = scripts.at(name)->log.lines();
    std::erase_if(all, [](const std::string& line) { return line.find("note") != 0 && line.find("urgent") != 0; });
    return all;
  }
  std::map<std::string, script_ptr> scripts;
  bench t;
};

// With a receiver that is busy for so long, and has its one place taken by note 1.
struct full : stage {
  explicit full(std::chrono::nanoseconds busy = 10s, mailbox_options mailbox = narrow)
      : to(add("to", mailbox)), from(add("from")), other(add("other")) {
    t.start();
    t.inject(to, {.effect = takes{busy}});
    t.send(to, note{0});
    t.run_until_idle();
    REQUIRE(try_send(to, note{1}));
  }
  void have_sent(const ref<subject>& who, std::vector<int> numbers) {
    t.send(who, perform{[to = to, numbers = std::move(numbers)](subject&) {
             for (const int n : numbers) send(to, note{n});
           }});
    t.run_until_idle();
  }
  ref<subject> to;
  ref<subject> from;
  ref<subject> other;
};

} // namespace

TEST_CASE("an actor that sends to a full mailbox handles nothing until there is room") {
  full f{500ms};
  f.have_sent(f.from, {2, 3});
  f.t.send(f.from, note{9});
  f.t.advance(499ms);
  CHECK(f.t.node(f.to).messages.parked == 2);
  CHECK(f.notes("from").empty());
  CHECK(f.t.node(f.from).messages.queued == 1);
  f.t.advance(1ms);
  CHECK(f.notes("to") == lines{"note 0", "note 1", "note 2", "note 3"});
  CHECK(f.notes("from") == lines{"note 9"});
  CHECK(f.t.node(f.to).messages.parked == 0);
  CHECK(f.t.node(f.to).messages.rejected == 0);
}

TEST_CASE("an actor that waits for room is told no when its time is up") {
  full f;
  f.have_sent(f.from, {2, 3});
  f.t.send(f.from, note{9});
  f.t.advance(999ms);
  CHECK(f.notes("from").empty());
  f.t.advance(1ms);
  CHECK(f.notes("from") == lines{"note 9"});
  CHECK(f.t.node(f.to).messages.parked == 0);
  CHECK(f.t.node(f.to).messages.rejected == 2);
  CHECK(f.t.seen().dead_letters(dead_letter_cause::mailbox_full) == 2);
  f.t.advance(10s);
  CHECK(f.notes("to") == lines{"note 0", "note 1"});
}

TEST_CASE("an actor that waits for room still gets answers and timers and may send more in order") {
  full f{500ms};
  f.t.send(f.from, perform{[to = f.to](subject& s) {
             send(to, note{2});
             s.after(100ms, perform{[to](subject&) { send(to, note{3}); }});
           }});
  f.t.advance(100ms);
  CHECK(f.t.node(f.from).messages.timers_fired == 1);
  CHECK(f.t.node(f.to).messages.parked == 2);
  f.t.advance(400ms);
  CHECK(f.notes("to") == lines{"note 0", "note 1", "note 2", "note 3"});
}

TEST_CASE("free room goes to whoever came first") {
  full f{500ms};
  f.have_sent(f.other, {2});
  f.have_sent(f.from, {3});
  f.have_sent(f.other, {4}); // waits until 2 is in: its sender handles nothing
  CHECK(f.t.node(f.to).messages.parked == 2);
  CHECK(try_send(f.to, note{5}) == errc::mailbox_full);
  f.t.advance(500ms);
  CHECK(f.notes("to") == lines{"note 0", "note 1", "note 2", "note 3", "note 4"});
}

TEST_CASE("two actors that wait for each other's room are free again when their time is up") {
  stage s;
  const auto a = s.add("a", narrow);
  const auto b = s.add("b", narrow);
  s.t.start();
  const auto flood = [](const ref<subject>& to) {
    return perform{[to](subject&) {
      for (int n = 1; n <= 3; ++n) send(to, note{n});
    }};
  };
  s.t.send(a, flood(b));
  s.t.send(b, flood(a));
  s.t.run_until_idle();
  REQUIRE(s.t.node(a).messages.parked == 2);
  REQUIRE(s.t.node(b).messages.parked == 2);
  s.t.advance(999ms);
  CHECK(s.notes("a").empty());
  CHECK(s.notes("b").empty());
  s.t.advance(1ms);
  CHECK(s.t.node(a).messages.parked + s.t.node(b).messages.parked == 0);
  CHECK(s.t.node(a).messages.queued + s.t.node(b).messages.queued == 0);
  const std::uint64_t rejected = s.t.node(a).messages.rejected + s.t.node(b).messages.rejected;
  CHECK(rejected >= 2); // what the first gives up makes room for the second
  CHECK(s.notes("a").size() + s.notes("b").size() + rejected == 6);
}

TEST_CASE("nobody waits for room in his own mailbox") {
  stage s;
  const auto a = s.add("a", narrow);
  s.t.start();
  s.t.send(a, perform{[](subject& me) {
             for (int n = 1; n <= 3; ++n) send(me.self(), note{n});
           }});
  s.t.run_until_idle();
  CHECK(s.notes("a") == lines{"note 1"});
  CHECK(s.t.node(a).messages.rejected == 2);
}

TEST_CASE("each priority has its own room to wait for") {
  full f{500ms};
  f.t.send(f.from, perform{[to = f.to](subject&) {
             send(to, note{2});
             send(to, urgent_note{7});
             send(to, urgent_note{8});
           }});
  f.t.run_until_idle();
  CHECK(f.t.node(f.to).messages.parked == 2);
  f.t.advance(500ms);
  CHECK(f.notes("to") == lines{"note 0", "urgent 7", "urgent 8", "note 1", "note 2"});
}

TEST_CASE("an ask that waits for room ends with an answer or an error") {
  stage s;
  const auto answers = std::make_shared<journal>();
  const auto to = s.t.root().child<helper>("helper", {}, {.mailbox = narrow}, [](int n) { return answered(n); });
  const auto from = s.add("from");
  s.t.start();
  const auto ask_for = [&](int n, std::chrono::milliseconds deadline) {
    s.t.send(from, perform{[=](subject& me) {
               me.ask(to, question{n}, deadline)
                   .then([answers](int got) { answers->write(std::to_string(got)); },
                         [answers](const error& e) { answers->write(e.message()); });
             }});
    s.t.run_until_idle();
  };
  s.t.inject(to, {.effect = takes{10s}});
  ask_for(0, 1min);
  ask_for(1, 1min);
  ask_for(2, 1min); // waits, in vain
  s.t.advance(1s);
  CHECK(answers->lines() == lines{"errc::mailbox_full: /bench/helper"});
  ask_for(3, 100ms); // its own patience ends first
  s.t.advance(100ms);
  CHECK(answers->lines().back() == "errc::deadline");
  s.t.advance(20s);
  CHECK(answers->lines() == lines{"errc::mailbox_full: /bench/helper", "errc::deadline", "0", "1"});
}

TEST_CASE("a sender does not wait for a receiver that stops") {
  stage s;
  auto& its = s.scripts["to"] = std::make_shared<script>();
  const auto to = s.t.root().child<subject>("to", {}, {.mailbox = narrow, .kind = child_kind::temporary}, its);
  const auto from = s.add("from");
  s.t.start();
  s.t.inject(to, {.effect = takes{500ms}});
  s.t.send(to, perform{[](subject& me) { me.finish(); }});
  s.t.run_until_idle();
  REQUIRE(try_send(to, note{1}));
  s.t.send(from, perform{[to](subject&) { send(to, note{2}); }});
  s.t.send(from, note{9});
  s.t.advance(499ms);
  CHECK(s.notes("from").empty());
  s.t.advance(1ms);
  CHECK(s.notes("from") == lines{"note 9"});
  CHECK(s.t.seen().dead_letters(dead_letter_cause::receiver_stopped) == 2);
}

TEST_CASE("a thread outside of the tree waits for room and keeps its order") {
  tree t;
  const auto to = t.add("to", {.mailbox = {.capacity = 1, .overflow = overflow::block, .block_for = 60s}});
  auto system = t.start();
  const auto inside = std::make_shared<gate>(), until = std::make_shared<gate>();
  send(to, perform{[inside, until](subject&) {
         inside->open();
         until->pass();
       }});
  REQUIRE(inside->wait());
  std::thread sender([&] {
    for (int n = 1; n <= 5; ++n) send(to, note{n});
  });
  REQUIRE(eventually([&] { return find(system.tree(), "/root/to")->messages.parked == 1; }));
  CHECK(try_send(to, note{9}) == errc::mailbox_full);
  until->open();
  sender.join();
  REQUIRE(t.of("to").log.wait_for("note 5"));
  lines notes = t.of("to").log.lines();
  std::erase_if(notes, [](const std::string& line) { return line.find("note") != 0; });
  CHECK(notes == lines{"note 1", "note 2", "note 3", "note 4", "note 5"});
}

TEST_CASE("a thread outside of the tree is told no when its time is up") {
  tree t;
  const auto to = t.add("to", {.mailbox = {.capacity = 1, .overflow = overflow::block, .block_for = 5ms}});
  send(to, note{1});
  send(to, note{2}); // nobody makes room before the start, so nobody waits
  auto system = t.start();
  REQUIRE(t.of("to").log.wait_for("note 1"));
  CHECK(find(system.tree(), "/root/to")->messages.rejected == 1);
  const auto inside = std::make_shared<gate>(), until = std::make_shared<gate>();
  send(to, perform{[inside, until](subject&) {
         inside->open();
         until->pass();
       }});
  REQUIRE(inside->wait());
  send(to, note{3});
  send(to, note{4}); // comes back after 5 ms
  CHECK(find(system.tree(), "/root/to")->messages.rejected == 2);
  CHECK(t.seen->dead_letters.count("alys::test::note to /root/to: mailbox full") == 1);
  CHECK(system.ask(to, answering(1), patience) == errc::mailbox_full);
  until->open();
}

TEST_CASE("four actors that flood each other's narrow mailboxes lose nothing uncounted and come to rest") {
  constexpr int actors = 4, notes = 500;
  tree t;
  std::vector<ref<subject>> all;
  for (int i = 0; i < actors; ++i)
    all.push_back(t.add("a" + std::to_string(i), {.mailbox = {.capacity = 2, .overflow = overflow::block, .block_for = 20ms}}));
  auto system = t.start();
  for (int i = 0; i < actors; ++i) {
    const auto next = all[static_cast<std::size_t>((i + 1) % actors)];
    send(all[static_cast<std::size_t>(i)], perform{[next](subject&) {
           for (int n = 0; n < notes; ++n) send(next, note{n});
         }});
  }
  const auto sum = [&](auto field) {
    std::uint64_t total = 0;
    for (const auto& child : system.tree().children) total += child.messages.*field;
    return total;
  };
  REQUIRE(eventually([&] {
    return sum(&message_counts::handled) + sum(&message_counts::rejected) == actors * (notes + 1) && sum(&message_counts::parked) == 0;
  }));
  CHECK(eventually([&] { return system.dead_letters(dead_letter_cause::mailbox_full) == sum(&message_counts::rejected); }));
}

TEST_CASE("the time that a sender waits is bounded") {
  supervisor_spec root{"root"};
  root.child<subject>("a", {}, {.mailbox = {.overflow = overflow::block, .block_for = 0ms}}, std::make_shared<script>());
  CHECK(root.check() == problem_list{{"/root/a: mailbox.block_for", "must be more than 0 and at most an hour"}});
}
