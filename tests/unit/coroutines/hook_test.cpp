// SPDX-License-Identifier: Apache-2.0
//
// Hooks that are coroutines, and handlers that wait where their message is to be kept: redelivery and the stash.
#include "unit/coroutines/desk.hpp"

using namespace office;
using alys::errc;
using alys::lifecycle_state;

namespace {

struct open_file {
  using reply = int;
};
struct stash_it {
  using reply = int;
  bool after = false;
  token counted = {};
};
struct take_up {};
struct stumble { // fails in its first life
  using reply = int;
  token counted = {};
};
ALYS_MESSAGE(open_file)
ALYS_MESSAGE(stash_it, after)
ALYS_MESSAGE(take_up)
ALYS_MESSAGE(stumble)

// Reads from the archive when it begins, and writes to it when it ends.
class reader final : public alys::actor<reader> {
public:
  using messages = alys::accepts<open_file, stash_it, take_up, stumble>;
  using asks = alys::to<archive>;
  reader(alys::ref<archive> a, journal j) : archive_(std::move(a)), journal_(std::move(j)) {}

  alys::task<void> initialize() {
    const token local;
    auto reading = ask(archive_, look_up{"begin", {}}, 20s);
    first_page_ = co_await reading.or_return();
    if (first_page_ < 0) throw std::runtime_error("an odd page");
  }
  alys::task<alys::result<void>> stopping() {
    const token local;
    auto writing = ask(archive_, look_up{"end", {}}, 20s);
    if (const auto written = co_await writing; !written) co_return alys::fail(alys::category::resource, "not written");
    journal_->push_back("written");
    co_return {};
  }
  int handle(const open_file&) { return first_page_; }
  alys::task<int> handle(const stash_it& s) {
    if (stashing_ && !s.after) co_return stash();
    co_await sleep(1s);
    if (stashing_) co_return stash();
    co_return 7;
  }
  void handle(const take_up&) {
    stashing_ = false;
    unstash_all();
  }
  alys::task<int> handle(const stumble&) {
    co_await sleep(1s);
    if (incarnation() == 1) co_return alys::fail(alys::category::resource, "stumbled");
    co_return 9;
  }

private:
  alys::ref<archive> archive_;
  journal journal_;
  int first_page_ = 0;
  bool stashing_ = true;
  token counted_;
};

struct reading_room {
  explicit reading_room(alys::child_options options = {}) : papers(t.stand_in<archive>()) {
    who = t.child<reader>({}, std::move(options), papers.get(), said);
  }
  void answer(alys::result<int> with) {
    papers.asked<look_up>().answer(std::move(with));
    t.run_until_idle();
  }
  alys::testkit::bench t;
  alys::testkit::probe<archive> papers;
  journal said = std::make_shared<lines>();
  alys::ref<reader> who;
};

} // namespace

TEST_CASE("an actor whose initialize waits runs when it is done") {
  {
    reading_room r;
    r.papers.answers<look_up>([](const look_up&) { return 5; });
    CHECK(r.t.ask(r.who, open_file{}) == 5);
    CHECK(r.t.shutdown({.deadline = 10s}).in_time);
    CHECK(*r.said == lines{"written"});
  }
  CHECK(token::alive == 0);
}

TEST_CASE("an initialize that fails after it has waited fails the actor") {
  {
    std::vector<alys::result<int>> answers{5, alys::refuse(denied::not_today), -1, 8};
    std::size_t next = 0;
    reading_room r;
    r.papers.answers<look_up>([&](const look_up&) -> alys::result<int> { return answers[std::min(next++, answers.size() - 1)]; });
    CHECK(r.t.ask(r.who, open_file{}) == 5);
    REQUIRE(r.t.system().inject_fault(r.who.path(), alys::injected_fault::exception)); // handed on, thrown, then well
    CHECK(r.t.ask(r.who, open_file{}) == 8);
    CHECK(r.t.incarnation(r.who) == 4);
  }
  CHECK(token::alive == 0);
}

TEST_CASE("a stopping that waits too long is cut off") {
  {
    reading_room r{{.stop_within = 2s}};
    bool once = false;
    r.papers.answers<look_up>([&](const look_up& l) {
      once = once || l.key == "end";
      return 5;
    });
    CHECK(r.t.ask(r.who, open_file{}) == 5);
    r.t.inject(r.papers.get(), {.nth = 1, .effect = alys::testkit::loses_reply{}});
    const auto before = r.t.now();
    CHECK(r.t.shutdown({.deadline = 30s, .drain = 0ms}).in_time);
    CHECK(r.t.now() - before == 2s);
    CHECK(r.said->empty());
    CHECK(r.t.node(r.who).failures.back().what == errc::hook_timeout);
  }
  CHECK(token::alive == 0);
}

TEST_CASE("a handler that waits may set its message aside before and after") {
  const bool after = GENERATE(false, true);
  {
    reading_room r;
    r.papers.answers<look_up>([](const look_up&) { return 5; });
    auto set_aside = r.t.ask_later(r.who, stash_it{after});
    r.t.run_until_idle();
    r.t.advance(1s);
    CHECK_FALSE(set_aside.arrived());
    CHECK(r.t.node(r.who).messages.stashed == 1);
    r.t.send(r.who, take_up{});
    r.t.advance(1s);
    CHECK(set_aside.take() == 7);
    CHECK(r.t.node(r.who).messages.handled == 2);
  }
  CHECK(token::alive == 0);
}

TEST_CASE("a message on which a handler fails after it has waited may be handled again") {
  {
    reading_room r{{.redeliver = {.times = 1}}};
    r.papers.answers<look_up>([](const look_up&) { return 5; });
    CHECK(r.t.ask(r.who, stumble{}, 5s) == 9);
    CHECK(r.t.incarnation(r.who) == 2);
    CHECK(r.t.node(r.who).messages.redelivered == 1);
  }
  CHECK(token::alive == 0);
}
