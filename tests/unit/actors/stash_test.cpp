// SPDX-License-Identifier: Apache-2.0
//
// Setting messages aside and taking them back.
#include "support/actors/tree.hpp"

#include <future>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

struct query {
  using reply = int;
  int number = 0;
};
struct urgent_query {
  using reply = int;
  static constexpr auto priority = alys::priority::urgent;
  int number = 0;
};
struct connected {};
struct blob {
  std::unique_ptr<int> what;
};
ALYS_MESSAGE(query, number)
ALYS_MESSAGE(urgent_query, number)
ALYS_MESSAGE(connected)
ALYS_MESSAGE(blob, what)

// Answers with how many queries came before, once it is connected.
class client final : public alys::actor<client> {
public:
  using messages = accepts<query, urgent_query, connected, blob>;
  explicit client(std::shared_ptr<journal> log) : log_(std::move(log)) {}
  result<int> handle(const query& q) { return take(q.number); }
  result<int> handle(const urgent_query& q) { return take(q.number); }
  void handle(const connected&) {
    connected_ = true;
    unstash_all();
  }
  result<void> handle(blob&&) { return stash(); }

private:
  result<int> take(int number) {
    if (!connected_) return stash();
    log_->write(std::to_string(number));
    return number;
  }
  std::shared_ptr<journal> log_;
  bool connected_ = false;
};

struct waiting_client {
  explicit waiting_client(mailbox_options mailbox = {})
      : who(t.root.child<client>("client", {}, {.mailbox = mailbox}, log)), system(t.start()) {}
  [[nodiscard]] message_counts counts() const { return find(system.tree(), "/root/client")->messages; }

  tree t;
  std::shared_ptr<journal> log = std::make_shared<journal>();
  ref<client> who;
  alys::system system;
};

} // namespace

TEST_CASE("what was set aside is handled in order when it is taken back") {
  waiting_client c;
  for (int i = 1; i <= 3; ++i) send(c.who, query{i});
  auto asked = std::async(std::launch::async, [&] { return c.system.ask(c.who, query{4}, patience); });
  REQUIRE(eventually([&] { return c.counts().stashed == 4; }));
  CHECK(c.counts().handled + c.counts().refused == 0);
  send(c.who, connected{});
  CHECK(asked.get() == 4);
  CHECK(c.log->lines() == std::vector<std::string>{"1", "2", "3", "4"});
  CHECK(c.counts().stashed == 0);
  CHECK(eventually([&] { return c.counts().handled == 5; }));
}

TEST_CASE("what was set aside comes back in its own priority") {
  waiting_client c;
  send(c.who, query{1});
  send(c.who, urgent_query{2});
  REQUIRE(eventually([&] { return c.counts().stashed == 2; }));
  send(c.who, connected{});
  REQUIRE(c.log->wait_for("1"));
  CHECK(c.log->lines() == std::vector<std::string>{"2", "1"});
}

TEST_CASE("a full stash turns the message away") {
  waiting_client c{{.stash_capacity = 1}};
  send(c.who, query{1});
  CHECK(c.system.ask(c.who, query{2}, patience) == errc::stash_full);
  send(c.who, query{3});
  REQUIRE(eventually([&] { return c.system.dead_letters(dead_letter_cause::stash_full) == 1; }));
  CHECK(c.counts().stashed == 1);
  CHECK(c.counts().undelivered == 2);
}

TEST_CASE("only a message that is whole and from the mailbox can be set aside") {
  waiting_client c;
  send(c.who, blob{});
  REQUIRE(eventually([&] { return !c.system.tree().children.front().failures.empty(); }));
  CHECK(c.system.tree().children.front().failures.back().what.message() ==
        "alys: stash() needs a handler that leaves its message whole: handle(const M&)");
}

TEST_CASE("a timer's message cannot be set aside") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  CHECK(system.ask(a, act{[](subject& s) {
                     s.after(0ns, perform{[](subject& me) { (void)me.stash(); }});
                     return 0;
                   }},
                   patience) == 0);
  REQUIRE(eventually([&] { return !system.tree().children.front().failures.empty(); }));
  CHECK(system.tree().children.front().failures.back().what.message().find("stash() sets aside the message from the mailbox") !=
        std::string::npos);
}

TEST_CASE("a handler that sets its message aside and then fails has failed on it") {
  tree t;
  const auto a = t.add("a");
  auto system = t.start();
  const auto answer = system.ask(a, act{[](subject& s) -> result<int> {
                                   (void)s.stash();
                                   throw std::runtime_error("after all");
                                 }},
                                 patience);
  CHECK(answer.error().message() == "after all");
  CHECK(find(system.tree(), "/root/a")->messages.stashed == 0);
}
