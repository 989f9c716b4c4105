// SPDX-License-Identifier: Apache-2.0
//
// Trees that end, heal and are looked at while threads of all kinds are busy with them. What is checked is that everything ends and adds
// up; the sanitizers check the rest.
#include "support/actors/tree.hpp"

#include <future>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

// Threads that do something again and again until told to stop.
class crowd {
public:
  explicit crowd(std::size_t size, std::function<void(std::size_t)> what) {
    for (std::size_t i = 0; i < size; ++i) {
      threads_.emplace_back([this, i, what] {
        while (!over_) {
          what(i);
          ++rounds_;
        }
      });
    }
  }
  ~crowd() { stop(); }
  void stop() {
    over_ = true;
    for (auto& t : threads_) {
      if (t.joinable()) t.join();
    }
  }
  [[nodiscard]] bool wait_for_rounds(std::size_t count) const {
    return eventually([&] { return rounds_ >= count; });
  }

private:
  std::atomic<bool> over_{false};
  std::atomic<std::size_t> rounds_{0};
  std::vector<std::thread> threads_;
};

bool one_of_the_known(const result<int>& r) {
  if (r) return true;
  return r == errc::stopped || r == errc::restarted || r == errc::mailbox_full || r == errc::dropped || r.error().failed();
}

} // namespace

TEST_CASE("a tree ends while threads ask it and each gets an answer") {
  for (int round = 0; round < 20; ++round) {
    tree t{one_for_one{.restarts = 10'000}};
    const auto a = t.add("a");
    const auto b = t.add(t.root.supervisor("team", one_for_all{.restarts = 10'000}), "b",
                         {.mailbox = {.capacity = 3, .overflow = overflow::drop_oldest}});
    std::optional<alys::system> system{t.start()};
    std::atomic<int> strange{0};
    crowd askers(3, [&](std::size_t i) {
      const auto r = system->ask(i == 0 ? a : b, i == 2 ? throwing() : answering(1), patience);
      if (!one_of_the_known(r)) ++strange;
    });
    CHECK(askers.wait_for_rounds(50));
    CHECK(system->shutdown(patience).in_time);
    CHECK(askers.wait_for_rounds(200));
    askers.stop();
    CHECK(strange == 0);
  }
}

TEST_CASE("a system is destroyed while threads send to its actors") {
  for (int round = 0; round < 20; ++round) {
    tree t;
    const auto a = t.add("a", {.mailbox = {.capacity = 10}});
    const auto rooms = t.root.children<subject>("room-{}");
    std::optional<alys::system> system{t.start()};
    crowd senders(3, [&, i = std::make_shared<std::atomic<int>>(0)](std::size_t) {
      send(a, note{1});
      (void)try_send(a, urgent_note{1});
      if (const auto room = rooms.start(std::to_string(++*i % 20), {}, std::make_shared<script>())) {
        send(*room, note{1});
        (void)rooms.stop(*room);
      }
    });
    CHECK(senders.wait_for_rounds(100));
    system.reset();
    CHECK(senders.wait_for_rounds(300));
  }
}

TEST_CASE("a tree is looked at from everywhere while it heals") {
  tree t{rest_for_one{.restarts = 10'000}};
  const auto a = t.add("a");
  const auto b = t.add(t.root.supervisor("team", one_for_one{.restarts = 1}), "b");
  auto system = t.start({.health_period = 1ms});
  std::atomic<std::size_t> seen{0};
  crowd lookers(2, [&](std::size_t) {
    const tree_node root = system.tree();
    seen += to_json(root).size() + to_string(root).size();
    (void)system.ready();
    (void)system.find<subject>("/root/team/b");
    (void)system.dead_letters(dead_letter_cause::failed);
  });
  for (int i = 0; i < 300; ++i) {
    CHECK(system.inject_fault(i % 3 == 0 ? "/root/team/b" : "/root/a"));
    (void)system.ask(i % 2 == 0 ? a : b, incarnation_of(), patience);
  }
  lookers.stop();
  CHECK(seen > 0);
  CHECK(eventually([&] { return system.ready(); }));
  CHECK(system.shutdown(patience).in_time);
}

TEST_CASE("promises are delivered from elsewhere while their actor restarts and each asker is answered once") {
  constexpr int rounds = 500;
  tree t{one_for_one{.restarts = 10'000}};
  const auto a = t.add("a");
  auto system = t.start();
  std::mutex mutex;
  std::vector<promise<int>> owed;
  crowd deliverers(2, [&](std::size_t) {
    std::optional<promise<int>> p;
    {
      const std::lock_guard guard(mutex);
      if (owed.empty()) return;
      p = owed.back();
      owed.pop_back();
    }
    p->deliver(7);
  });
  const act_later owing{[&](subject&) {
    promise<int> p;
    const std::lock_guard guard(mutex);
    owed.push_back(p);
    return p;
  }};
  crowd breakers(1, [&](std::size_t) { (void)system.ask(a, throwing(), patience); });
  int values = 0;
  int errors = 0;
  for (int i = 0; i < rounds; ++i) {
    const auto r = system.ask(a, owing, patience);
    if (r == 7) ++values;
    else if (r == errc::restarted) ++errors;
  }
  CHECK(values + errors == rounds);
}

TEST_CASE("two threads may end a tree at once") {
  for (int round = 0; round < 50; ++round) {
    tree t;
    t.add("a");
    auto system = t.start();
    auto other = std::async(std::launch::async, [&] { return system.shutdown(patience); });
    CHECK(system.shutdown(patience).in_time);
    CHECK(other.get().in_time);
  }
}

TEST_CASE("a shutdown crosses restarts of every kind") {
  for (int round = 0; round < 100; ++round) {
    tree t{one_for_all{.restarts = 10'000}};
    const auto a = t.add("a");
    supervisor_spec& team = t.root.supervisor("team", rest_for_one{.restarts = 2});
    const auto b = t.add(team, "b", {.restart = backoff{.initial = 1ms, .cap = 2ms}});
    const auto c = t.add(team, "c", {.kind = child_kind::transient});
    auto system = t.start();
    for (const auto& each : {a, b, c, b, c, a}) send(each, perform{[](subject&) { throw std::runtime_error("now"); }});
    for (int i = 0; i < round; ++i) std::this_thread::yield();
    CHECK(system.shutdown({.deadline = patience, .drain = 1ms}).in_time); // some may wait for their restart
    for (const char* name : {"a", "b", "c"}) {
      const auto& log = t.of(name).log;
      CHECK(log.count("construct") == log.count("destroy"));
    }
  }
}

TEST_CASE("actors of two systems may talk to each other whoever ends first") {
  tree one;
  tree two;
  const auto a = one.add("a");
  const auto b = two.add("b");
  std::optional<alys::system> first{one.start()};
  auto second = two.start();
  const act pass_on{[b](subject&) {
    send(b, note{1});
    return 1;
  }};
  CHECK(first->ask(a, pass_on, patience) == 1);
  CHECK(two.of("b").log.wait_for("note 1"));
  CHECK(second.shutdown(patience).in_time);
  CHECK(first->ask(a, pass_on, patience) == 1);
  CHECK(two.seen->dead_letters.wait_for("alys::test::note to /root/b: receiver stopped"));
  first.reset();
  send(a, note{1});
}
