// SPDX-License-Identifier: Apache-2.0
//
// Handlers that wait where their message is kept for later: the stash, redelivery, quarantine.
#include "unit/coroutines/desk.hpp"

using namespace office;
using alys::action;
using alys::errc;

namespace {

// Each answers its number when it is handled for good.
struct shelve { // set aside while the cabinet is closed, before or after a wait
  using reply = int;
  int number = 0;
  bool after = false;
  token counted = {};
};
struct shelve_slowly { // set aside at once, though its handler goes on for a while; lets others in
  using reply = int;
  int number = 0;
  token counted = {};
};
struct open_cabinet { // takes up what was set aside, then waits, and lets others in or not
  using reply = int;
  int number = 0;
  bool lets_in = false;
};
struct open_quietly {
  using reply = int;
  int number = 0;
};
struct plain {
  using reply = int;
  int number = 0;
};
struct stumble { // waits, and fails in the first so many lives
  using reply = int;
  int number = 0;
  std::uint32_t lives = 0;
  token counted = {};
};
struct linger { // waits, lets others in, and never fails
  using reply = int;
  int number = 0;
  token counted = {};
};
struct give_in { // fails
  int number = 0;
};
ALYS_MESSAGE(shelve, number, after)
ALYS_MESSAGE(shelve_slowly, number)
ALYS_MESSAGE(open_cabinet, number)
ALYS_MESSAGE(open_quietly, number)
ALYS_MESSAGE(plain, number)
ALYS_MESSAGE(stumble, number, lives)
ALYS_MESSAGE(linger, number)
ALYS_MESSAGE(give_in, number)

class filing final : public alys::actor<filing> {
public:
  using messages = alys::accepts<shelve, shelve_slowly, open_cabinet, open_quietly, plain, stumble, linger, give_in>;
  filing(journal j, bool closed_at_first) : journal_(std::move(j)), open_(!closed_at_first) {}

  alys::task<int> handle(const shelve& s) {
    if (!open_ && !s.after) co_return stash();
    co_await sleep(1s);
    if (!open_) co_return stash();
    co_return done(s.number);
  }
  alys::task<int, alys::reentrant> handle(const shelve_slowly& s) {
    const token local;
    if (open_ || incarnation() > 1) co_return done(s.number);
    const auto aside = stash();
    co_await sleep(5s);
    co_return aside;
  }
  alys::task<int> handle(const open_cabinet& o) {
    co_await sleep(1s);
    open_ = true;
    unstash_all();
    co_await sleep(1s);
    co_return done(o.number);
  }
  alys::task<int, alys::reentrant> handle(const open_quietly& o) {
    co_await sleep(1s);
    open_ = true;
    unstash_all();
    co_await sleep(5s);
    co_return done(o.number);
  }
  int handle(const plain& p) { return done(p.number); }
  alys::task<int> handle(const stumble& s) {
    const token local;
    co_await sleep(1s);
    if (incarnation() <= s.lives) co_return alys::fail(alys::category::resource, "stumbled");
    co_return done(s.number);
  }
  alys::task<int, alys::reentrant> handle(const linger& l) {
    const token local;
    co_await sleep(2s);
    co_return done(l.number);
  }
  void handle(const give_in&) { throw std::runtime_error("as planned"); }

private:
  int done(int number) {
    journal_->push_back(std::to_string(number));
    return number;
  }

  journal journal_;
  bool open_;
};

struct room {
  explicit room(alys::child_options options = {}, bool closed = true) {
    who = t.child<filing>({}, std::move(options), done, closed);
    t.start();
  }
  template <class M>
  [[nodiscard]] auto asked(M message) {
    auto answer = t.ask_later(who, std::move(message));
    t.run_until_idle();
    return answer;
  }
  [[nodiscard]] alys::message_counts counts() { return t.node(who).messages; }
  void fail_it() {
    t.send(who, give_in{});
    t.run_until_idle();
  }

  journal done = std::make_shared<lines>();
  alys::testkit::bench t;
  alys::ref<filing> who;
};

// Nothing of a frame or a message is left when the tree is gone.
struct nothing_left {
  ~nothing_left() { CHECK(token::alive == 0); }
};

} // namespace

TEST_CASE("a handler that waits may set its message aside before and after") {
  const bool after = GENERATE(false, true);
  const nothing_left at_the_end;
  room r;
  auto set_aside = r.asked(shelve{7, after});
  r.t.advance(1s);
  CHECK_FALSE(set_aside.arrived());
  CHECK(r.counts().stashed == 1);
  auto opened = r.asked(open_cabinet{8});
  r.t.advance(3s);
  CHECK(set_aside.take() == 7);
  CHECK(opened.take() == 8);
  CHECK(r.counts().handled == 2);
  CHECK(r.counts().stashed == 0);
}

TEST_CASE("what a waiting handler takes out of the stash comes after it and before what waits and in order") {
  const nothing_left at_the_end;
  room r;
  auto first = r.asked(shelve{1, false});
  auto second = r.asked(shelve{2, false});
  auto opened = r.asked(open_cabinet{3});
  auto behind = r.asked(plain{4});
  CHECK(r.counts().stashed == 2);
  r.t.advance(1s);
  CHECK(r.counts().stashed == 0); // it has taken them out, and waits again
  CHECK(r.done->empty());
  r.t.advance(10s);
  CHECK(*r.done == lines{"3", "1", "2", "4"});
  CHECK(first.take() == 1);
  CHECK(second.take() == 2);
  CHECK(opened.take() == 3);
  CHECK(behind.take() == 4);
}

TEST_CASE("what a reentrant handler takes out of the stash is handled while it waits") {
  const nothing_left at_the_end;
  room r;
  auto first = r.asked(shelve{1, false});
  auto opened = r.asked(open_quietly{2});
  r.t.advance(10s);
  CHECK(*r.done == lines{"1", "2"});
  CHECK(first.take() == 1);
  CHECK(opened.take() == 2);
}

TEST_CASE("a message goes to the stash when its handler ends and not before") {
  const nothing_left at_the_end;
  room r;
  auto set_aside = r.asked(shelve_slowly{1});
  CHECK(r.counts().stashed == 0);
  auto opened = r.asked(open_quietly{2}); // finds nothing in the stash
  r.t.advance(5s);
  CHECK(r.counts().stashed == 1);
  CHECK_FALSE(set_aside.arrived());
  r.t.advance(1s);
  CHECK(opened.take() == 2);
  auto again = r.asked(open_quietly{3});
  r.t.advance(6s);
  CHECK(set_aside.take() == 1);
  CHECK(again.take() == 3);
}

TEST_CASE("a message that its handler has set aside outlives the handler's end in front of the queue") {
  const nothing_left at_the_end;
  room r;
  auto stashed = r.asked(shelve{1, false});
  auto cut_off = r.asked(shelve_slowly{2});
  auto next_one = r.asked(shelve_slowly{3});
  CHECK(r.counts().stashed == 1);
  r.t.send(r.who, give_in{});
  auto behind = r.t.ask_later(r.who, shelve_slowly{4});
  r.t.run_until_idle();
  REQUIRE(r.t.incarnation(r.who) == 2);
  CHECK(cut_off.take() == 2);
  CHECK(next_one.take() == 3);
  CHECK(behind.take() == 4);
  CHECK_FALSE(stashed.arrived()); // it was the first, and is set aside again
  CHECK(r.counts().stashed == 1);
  CHECK(*r.done == lines{"2", "3", "4"});
  CHECK(r.counts().undelivered == 0);
}

TEST_CASE("a stop ends what a waiting handler has set aside as it ends the stash") {
  const nothing_left at_the_end;
  room r;
  auto stashed = r.asked(shelve{1, false});
  auto cut_off = r.asked(shelve_slowly{2});
  CHECK(r.t.shutdown({.deadline = 30s, .drain = 0ms}).in_time);
  CHECK(stashed.take() == errc::stopped);
  CHECK(cut_off.take() == errc::stopped);
  CHECK(r.counts().undelivered == 2);
}

TEST_CASE("a full stash turns away what a handler that was cut off has set aside") {
  const nothing_left at_the_end;
  room r{{.mailbox = {.stash_capacity = 1}}};
  auto stashed = r.asked(shelve{1, false});
  auto cut_off = r.asked(shelve_slowly{2});
  r.fail_it();
  CHECK(cut_off.take() == errc::stash_full);
  CHECK_FALSE(stashed.arrived());
  CHECK(r.counts().undelivered == 1);
}

TEST_CASE("a message on which a handler fails after it has waited may be handled again") {
  const nothing_left at_the_end;
  room r{{.redeliver = {.times = 1}}};
  auto behind = r.asked(stumble{9, 1});
  auto last = r.asked(plain{10});
  r.t.advance(5s);
  CHECK(behind.take() == 9);
  CHECK(last.take() == 10);
  CHECK(*r.done == lines{"9", "10"}); // a new frame, and still before what waits
  CHECK(r.t.incarnation(r.who) == 2);
  CHECK(r.counts().redelivered == 1);
}

TEST_CASE("a handler that fails life after life when it has waited sends its message to quarantine") {
  const nothing_left at_the_end;
  room r{{.redeliver = {.times = 5, .quarantine_after = 2}}};
  auto poison = r.asked(stumble{1, 2});
  auto behind = r.asked(plain{2});
  r.t.advance(10s);
  CHECK(poison.take().error().failed());
  CHECK(behind.take() == 2);
  CHECK(r.counts().quarantined == 1);
  const auto held = r.t.system().quarantined();
  REQUIRE(held.size() == 1);
  CHECK(held.front().killed == 2);
  CHECK(r.t.system().replay(held.front().id));
  r.t.advance(2s);
  CHECK(*r.done == lines{"2", "1"}); // its third life does not fail
}

TEST_CASE("a handler that another one's failure cuts off is not started again") {
  const nothing_left at_the_end;
  room r{{.redeliver = {.times = 3}}};
  auto waiting = r.asked(linger{1});
  r.t.send(r.who, give_in{});
  r.t.run_until_idle();
  CHECK(waiting.take() == errc::restarted); // half of its work may be done: only its asker can know whether to try again
  r.t.advance(10s);
  CHECK(r.done->empty());
  CHECK(r.counts().redelivered > 0); // which is the failing one, again and again
}
