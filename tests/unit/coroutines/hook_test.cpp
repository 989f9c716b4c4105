// SPDX-License-Identifier: Apache-2.0
//
// Hooks that are coroutines.
#include "unit/coroutines/desk.hpp"

using namespace office;
using alys::errc;
using alys::lifecycle_state;

namespace {

struct open_file {
  using reply = int;
};
ALYS_MESSAGE(open_file)

// Reads from the archive when it begins, and writes to it when it ends.
class reader final : public alys::actor<reader> {
public:
  using messages = alys::accepts<open_file>;
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

private:
  alys::ref<archive> archive_;
  journal journal_;
  int first_page_ = 0;
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
