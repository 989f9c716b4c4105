// SPDX-License-Identifier: Apache-2.0
//
// Topics: who gets what, and who pays for the slow.
#include "support/actors/tree.hpp"

#include <alys/actors/topic.hpp>

#include <thread>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

struct reader {
  explicit reader(tree& t, const std::string& name, child_options options = {})
      : log(t.scripts), who(t.add(name, std::move(options))), its(t.of(name)) {}
  [[nodiscard]] lines notes() const {
    lines all = its.log.lines();
    std::erase_if(all, [](const std::string& line) { return line.find("note") != 0; });
    return all;
  }
  std::map<std::string, script_ptr>& log;
  ref<subject> who;
  script& its;
};

[[nodiscard]] lines notes_to(int last) {
  lines all;
  for (int n = 1; n <= last; ++n) all.push_back("note " + std::to_string(n));
  return all;
}

} // namespace

TEST_CASE("every subscriber gets a copy of what is published and in order") {
  tree t;
  reader a{t, "a"}, b{t, "b"}, c{t, "c"};
  const topic<note> notes;
  notes.subscribe(a.who);
  notes.subscribe(ref_to<note>{b.who});
  auto system = t.start();
  for (int n = 1; n <= 100; ++n) CHECK(notes.publish({n}) == publication{.delivered = 2});
  REQUIRE(a.its.log.wait_for("note 100"));
  REQUIRE(b.its.log.wait_for("note 100"));
  CHECK(a.notes() == notes_to(100));
  CHECK(b.notes() == notes_to(100));
  CHECK(c.notes().empty());
  const topic_view view = notes.look();
  CHECK(view.published == 100);
  REQUIRE(view.subscribers.size() == 2);
  CHECK(view.subscribers[1].path == "/root/b");
  CHECK(view.subscribers[1].delivered == 100);
}

TEST_CASE("who subscribes twice is subscribed once and who unsubscribes gets no more") {
  tree t;
  reader a{t, "a"};
  const topic<note> notes;
  for (int i = 0; i < 3; ++i) notes.subscribe(a.who);
  auto system = t.start();
  CHECK(notes.publish({1}).delivered == 1);
  notes.unsubscribe(a.who);
  notes.unsubscribe(a.who);
  CHECK(notes.publish({2}) == publication{});
  CHECK(system.ask(a.who, answering(0), patience) == 0);
  CHECK(a.notes() == notes_to(1));
}

TEST_CASE("a slow subscriber loses by its own policy and slows nobody") {
  tree t;
  reader slow{t, "slow", {.mailbox = {.capacity = 3}}};
  reader latest{t, "latest", {.mailbox = {.capacity = 3, .overflow = overflow::drop_oldest}}};
  reader blocking{t, "blocking", {.mailbox = {.capacity = 3, .overflow = overflow::block, .block_for = 60s}}};
  reader quick{t, "quick"};
  const topic<note> notes;
  for (const auto* r : {&slow, &latest, &blocking, &quick}) notes.subscribe(r->who);
  auto system = t.start();
  const auto until = std::make_shared<gate>();
  for (const auto* r : {&slow, &latest, &blocking}) {
    const auto inside = std::make_shared<gate>();
    send(r->who, perform{[inside, until](subject&) {
           inside->open();
           until->pass();
         }});
    REQUIRE(inside->wait());
  }
  publication sum;
  for (int n = 1; n <= 10; ++n) {
    const publication p = notes.publish({n});
    sum.delivered += p.delivered;
    sum.missed += p.missed;
  }
  CHECK(sum == publication{.delivered = 3 + 10 + 3 + 10, .missed = 7 + 7});
  REQUIRE(quick.its.log.wait_for("note 10")); // the others stand still
  CHECK(quick.notes() == notes_to(10));
  CHECK(system.dead_letters(dead_letter_cause::mailbox_full) == 14);
  CHECK(system.dead_letters(dead_letter_cause::dropped_oldest) == 7);
  until->open();
  REQUIRE(latest.its.log.wait_for("note 10"));
  CHECK(latest.notes() == lines{"note 8", "note 9", "note 10"});
  for (const auto* r : {&slow, &blocking}) {
    REQUIRE(r->its.log.wait_for("note 3")); // only then its mailbox has room for the question
    CHECK(system.ask(r->who, answering(0), patience) == 0);
    CHECK(r->notes() == notes_to(3));
  }
}

TEST_CASE("an actor publishes in its own turn and the header names it") {
  tree t;
  reader from{t, "from"}, to{t, "to", {.mailbox = {.capacity = 1}}};
  const topic<note> notes;
  notes.subscribe(to.who);
  auto system = t.start();
  CHECK(system.ask(from.who, act{[notes](subject&) { return static_cast<int>(notes.publish({1}).delivered); }}, patience) == 1);
  REQUIRE(to.its.log.wait_for("note 1"));
}

TEST_CASE("a topic outlives its subscribers and keeps none of them") {
  const topic<note> notes;
  {
    tree t;
    reader a{t, "a"};
    notes.subscribe(a.who);
    auto system = t.start();
    CHECK(notes.publish({1}).delivered == 1);
    CHECK(system.shutdown(5s).in_time);
    CHECK(notes.publish({2}) == publication{});
    CHECK(system.dead_letters(dead_letter_cause::receiver_stopped) == 0);
  }
  CHECK(notes.look().subscribers.empty());
}

TEST_CASE("many publishers lose nothing and each one's order holds") {
  constexpr int publishers = 4, each = 5'000;
  tree t;
  struct tally {
    std::vector<int> last = std::vector<int>(publishers, -1);
    bool in_order = true;
    std::atomic<int> all{0};
  };
  const auto seen = std::make_shared<tally>();
  reader a{t, "a", {.mailbox = {.capacity = publishers * each}}};
  const topic<perform> deeds;
  deeds.subscribe(a.who);
  auto system = t.start();
  std::vector<std::thread> threads;
  for (int p = 0; p < publishers; ++p)
    threads.emplace_back([=] {
      for (int n = 0; n < each; ++n)
        deeds.publish({[=](subject&) {
          int& last = seen->last[static_cast<std::size_t>(p)];
          seen->in_order = seen->in_order && n == last + 1;
          last = n;
          ++seen->all;
        }});
    });
  for (auto& thread : threads) thread.join();
  REQUIRE(eventually([&] { return seen->all == publishers * each; }));
  CHECK(system.ask(a.who, answering(0), patience) == 0);
  CHECK(seen->in_order);
  CHECK(deeds.look().subscribers.front().delivered == publishers * each);
}
