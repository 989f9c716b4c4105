// SPDX-License-Identifier: Apache-2.0
//
// Traces through handlers and hooks that wait: whose child is what they ask and send, before a wait and after it.
#include "unit/coroutines/desk.hpp"

using namespace office;

namespace {

class spans final : public alys::span_sink {
public:
  void take(alys::span_data&& ended) override { all.push_back(std::move(ended)); }
  [[nodiscard]] std::vector<alys::span_data> named(std::string_view name) const {
    std::vector<alys::span_data> found;
    for (const auto& s : all)
      if (s.name.ends_with(name)) found.push_back(s);
    return found;
  }
  [[nodiscard]] alys::span_data one(std::string_view name) const {
    const auto found = named(name);
    if (found.size() != 1) FAIL(found.size() << " spans are named " << name);
    return found.front();
  }
  std::vector<alys::span_data> all; // on a bench there is one thread
};

[[nodiscard]] bool child_of(const alys::span_data& child, const alys::span_data& parent) {
  return child.context.trace_id == parent.context.trace_id && child.parent == parent.context.span_id;
}

struct read_twice { // asks, sleeps, asks by a task of its own, and tells
  using reply = int;
  std::string key;
};
struct watch_it { // the same, and lets others in
  using reply = int;
  std::string key;
};
struct told {};
ALYS_MESSAGE(read_twice, key)
ALYS_MESSAGE(watch_it, key)
ALYS_MESSAGE(told)

class listener final : public alys::actor<listener> {
public:
  using messages = alys::accepts<told>;
  void handle(const told&) {}
};

class reader final : public alys::actor<reader> {
public:
  using messages = alys::accepts<read_twice, watch_it>;
  using asks = alys::to<archive>;
  reader(alys::ref<archive> a, alys::ref<listener> l) : archive_(std::move(a)), listener_(std::move(l)) {}

  alys::task<void> initialize() {
    auto before = ask(archive_, look_up{"begin", {}}, 20s);
    co_await before.or_return();
    co_await sleep(1s);
    auto after = ask(archive_, look_up{"begin", {}}, 20s);
    co_await after.or_return();
  }
  alys::task<int> handle(const read_twice& r) {
    const int both = co_await read(r.key).or_return();
    send(listener_, told{});
    co_return both;
  }
  alys::task<int, alys::reentrant> handle(const watch_it& w) {
    const int both = co_await read(w.key).or_return();
    send(listener_, told{});
    co_return both;
  }

private:
  alys::task<int> read(const std::string& key) {
    auto first = ask(archive_, look_up{key, {}}, 20s);
    const int one = co_await first.or_return();
    alys::current_span().event("read once", {{"key", key}});
    co_await sleep(1s);
    auto second = ask(archive_, look_up{key, {}}, 20s);
    const int other = co_await second.or_return();
    co_return one + other;
  }
  alys::ref<archive> archive_;
  alys::ref<listener> listener_;
};

struct traced_room {
  traced_room() : t({.seed = 7, .tracing = {.sink = seen, .ratio = 1.0}}), papers(t.stand_in<archive>()), ear(t.child<listener>()) {
    papers.answers<look_up>([](const look_up&) { return 2; });
    who = t.child<reader>({}, {}, papers.get(), ear);
  }
  void clear() { seen->all.clear(); }

  std::shared_ptr<spans> seen = std::make_shared<spans>();
  alys::testkit::bench t;
  alys::testkit::probe<archive> papers;
  alys::ref<listener> ear;
  alys::ref<reader> who;
};

} // namespace

TEST_CASE("what a handler asks and sends is below its span however often it has waited") {
  traced_room r;
  r.t.advance(5s);
  r.clear();
  const auto begun = r.t.now();
  REQUIRE(r.t.ask(r.who, read_twice{"oak"}, 5s) == 4);
  r.t.run_until_idle();
  const auto top = r.seen->one("read_twice");
  const auto asked = r.seen->named("look_up");
  REQUIRE(asked.size() == 2);
  CHECK(child_of(asked[0], top));
  CHECK(child_of(asked[1], top)); // after a wait for an answer, and a sleep, in a task of its own
  CHECK(child_of(r.seen->one("told"), top));
  CHECK(asked[0].end <= asked[1].start);
  CHECK(top.end - top.start == 1s); // one span from the first line to the last
  CHECK(asked[1].end <= top.end);
  CHECK(top.outcome == alys::span_outcome::handled);
  REQUIRE(top.events.size() == 1); // of the line after the wait
  CHECK(top.events[0].name == "read once");
  CHECK(r.t.now() - begun == 1s);
  const auto counts = r.t.system().tracer().counts();
  CHECK(counts.started == counts.ended);
}

TEST_CASE("two reentrant handlers that take turns keep to their own traces") {
  traced_room r;
  r.t.advance(5s);
  r.clear();
  auto oak = r.t.ask_later(r.who, watch_it{"oak"});
  auto elm = r.t.ask_later(r.who, watch_it{"elm"});
  r.t.advance(5s);
  REQUIRE(oak.take() == 4);
  REQUIRE(elm.take() == 4);
  const auto tops = r.seen->named("watch_it");
  const auto asked = r.seen->named("look_up");
  const auto told_ones = r.seen->named("told");
  REQUIRE(tops.size() == 2);
  REQUIRE(asked.size() == 4);
  REQUIRE(told_ones.size() == 2);
  CHECK(tops[0].context.trace_id != tops[1].context.trace_id);
  for (const auto& top : tops) {
    CHECK(std::count_if(asked.begin(), asked.end(), [&](const auto& a) { return child_of(a, top); }) == 2);
    CHECK(std::count_if(told_ones.begin(), told_ones.end(), [&](const auto& a) { return child_of(a, top); }) == 1);
  }
}

TEST_CASE("what an initialize asks is below the span of its life before a wait and after it") {
  traced_room r;
  r.t.advance(5s);
  const auto lives = r.seen->named("initialize");
  const auto life = std::find_if(lives.begin(), lives.end(), [&](const auto& s) { return s.actor == r.who.path(); });
  REQUIRE(life != lives.end());
  const auto asked = r.seen->named("look_up");
  REQUIRE(asked.size() == 2);
  CHECK(child_of(asked[0], *life));
  CHECK(child_of(asked[1], *life));
  CHECK(life->end - life->start == 1s);
}

TEST_CASE("a handler that is cut off ends its span and the new life is linked to what failed") {
  traced_room r;
  r.t.advance(5s);
  r.clear();
  auto cut_off = r.t.ask_later(r.who, read_twice{"oak"});
  r.t.advance(500ms); // it sleeps
  REQUIRE(r.t.system().inject_fault(r.who.path(), alys::injected_fault::exception));
  r.t.advance(5s);
  CHECK(cut_off.take() == alys::errc::restarted);
  const auto top = r.seen->one("read_twice");
  CHECK(top.outcome == alys::span_outcome::undelivered);
  CHECK(top.end - top.start == 500ms);
  const auto fault = r.seen->one("an injected fault");
  const auto life = r.seen->one("restart");
  CHECK(child_of(life, fault));
  REQUIRE(life.links.size() == 1);
  CHECK(life.links[0].to.span_id == fault.context.span_id);
  CHECK(r.seen->named("look_up").size() == 3); // one of the handler, two of the new life
  const auto counts = r.t.system().tracer().counts();
  CHECK(counts.started == counts.ended);
}
