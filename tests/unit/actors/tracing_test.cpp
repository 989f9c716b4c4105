// SPDX-License-Identifier: Apache-2.0
//
// Spans: which work makes one, who is whose parent, when it ends and how it came out. In virtual time, by the real cells.
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <thread>

using namespace std::chrono_literals;

namespace tracing_test {

enum class denied : std::uint8_t { none, unknown_item };
ALYS_ERRORS(denied, unknown_item)

struct look_up {
  using reply = int;
  int key = 0;
};
struct price {
  using reply = int;
  int key = 0;
};
struct later {
  using reply = int;
  std::chrono::milliseconds wait{0};
};
struct note {
  int number = 0;
};
struct remind {
  std::chrono::milliseconds wait{0};
};
struct again {};
struct ticking {
  std::chrono::milliseconds period{0};
};
struct tick {};
struct alone {};
struct outgoing {
  using reply = std::string;
};
ALYS_MESSAGE(look_up, key)
ALYS_MESSAGE(price, key)
ALYS_MESSAGE(later, wait)
ALYS_MESSAGE(note, number)
ALYS_MESSAGE(remind, wait)
ALYS_MESSAGE(again)
ALYS_MESSAGE(ticking, period)
ALYS_MESSAGE(tick)
ALYS_MESSAGE(alone)
ALYS_MESSAGE(outgoing)

// Keeps what it gets, for the test to look at.
class spans final : public alys::span_sink {
public:
  void take(alys::span_data&& ended) override {
    const std::lock_guard guard(mutex_);
    all_.push_back(std::move(ended));
  }
  [[nodiscard]] std::vector<alys::span_data> all() const {
    const std::lock_guard guard(mutex_);
    return all_;
  }
  [[nodiscard]] std::vector<alys::span_data> named(std::string_view name) const {
    std::vector<alys::span_data> found;
    for (const auto& s : all())
      if (s.name.ends_with(name)) found.push_back(s);
    return found;
  }
  // The only one with that name.
  [[nodiscard]] alys::span_data one(std::string_view name) const {
    const auto found = named(name);
    if (found.size() != 1) FAIL(found.size() << " spans are named " << name);
    return found.front();
  }
  void clear() {
    const std::lock_guard guard(mutex_);
    all_.clear();
  }

private:
  mutable std::mutex mutex_;
  std::vector<alys::span_data> all_;
};

bool child_of(const alys::span_data& child, const alys::span_data& parent) {
  return child.context.trace_id == parent.context.trace_id && child.parent == parent.context.span_id &&
         child.context.span_id != parent.context.span_id;
}
bool first(const alys::span_data& s) { return s.parent == decltype(s.parent){}; }

class store final : public alys::actor<store> {
public:
  using messages = alys::accepts<look_up, note>;
  alys::result<int> handle(const look_up& l) {
    if (l.key < 0) return alys::fail(alys::category::network, "the shelf broke");
    if (l.key == 0) return alys::refuse(denied::unknown_item, "zero");
    return l.key;
  }
  void handle(const note&) {}
};

class shop final : public alys::actor<shop> {
public:
  using messages = alys::accepts<price, later, note, remind, again, ticking, tick, alone, outgoing>;
  using asks = alys::to<store>;
  explicit shop(alys::ref<store> s) : store_(std::move(s)) {}

  alys::promise<int> handle(const price& p) {
    alys::promise<int> answer;
    auto found = ask(store_, look_up{p.key}, 1s);
    found.then([this, answer](alys::result<int> r) {
      alys::current_span().event("looked up", {{"found", r.has_value()}});
      send(store_, note{1});
      answer.deliver(std::move(r));
    });
    return answer;
  }
  alys::promise<int> handle(const later& l) {
    owed_ = alys::promise<int>{};
    after(l.wait, note{2});
    return owed_;
  }
  void handle(const note&) { owed_.deliver(7); }
  void handle(const remind& r) { after(r.wait, again{}); }
  void handle(const again&) {
    if (++times_ < 3) after(1s, again{});
  }
  void handle(const ticking& t) { every(t.period, tick{}); }
  void handle(const tick&) {}
  void handle(const alone&) {
    {
      const alys::trace_scope apart{alys::new_trace{}};
      send(store_, note{3});
    }
    send(store_, note{4});
  }
  std::string handle(const outgoing&) {
    const auto fields = alys::outgoing_trace();
    return fields.traceparent + ' ' + fields.tracestate;
  }

private:
  alys::ref<store> store_;
  alys::promise<int> owed_;
  int times_ = 0;
};

class asker final : public alys::actor<asker> {
public:
  using messages = alys::accepts<again>;
  using asks = alys::to<store>;
  explicit asker(alys::ref<store> s) : store_(std::move(s)) {}
  void handle(const again&) {
    auto found = ask(store_, look_up{1}, 1s);
    found.then([](alys::result<int>) { throw std::runtime_error("as planned"); });
  }

private:
  alys::ref<store> store_;
};

class slow final : public alys::actor<slow> {
public:
  using messages = alys::accepts<later>;
  ~slow() override {
    if (thread_.joinable()) thread_.join();
  }
  alys::promise<int> handle(const later&) {
    alys::promise<int> answer;
    thread_ = std::thread([answer, span = alys::current_span()] {
      span.set("where", "elsewhere");
      answer.deliver(3);
    });
    return answer;
  }

private:
  std::thread thread_;
};

class broken final : public alys::span_sink {
public:
  void take(alys::span_data&&) override { throw std::runtime_error("the disk is full"); }
};

struct traced_shop {
  std::shared_ptr<spans> seen = std::make_shared<spans>();
  alys::testkit::bench t;
  alys::ref<store> inside;
  alys::ref<shop> front;

  explicit traced_shop(double ratio = 1.0, bool on = true)
      : t(alys::testkit::bench_options{.seed = 7, .tracing = {.sink = on ? seen : nullptr, .ratio = ratio}}),
        inside(t.child<store>()),
        front(t.child<shop>({}, {}, inside)) {
    (void)t.system();
    seen->clear(); // of the start
  }
  [[nodiscard]] alys::tracer tracer() { return t.system().tracer(); }
};

} // namespace tracing_test

using namespace tracing_test;

TEST_CASE("a request is a span and what follows from it are spans below") {
  traced_shop s;
  REQUIRE(s.t.ask(s.front, price{5}) == 5);
  REQUIRE(s.seen->all().size() == 3);
  const auto top = s.seen->one("price");
  const auto below = s.seen->one("look_up");
  const auto told = s.seen->one("note");
  CHECK(first(top));
  CHECK(child_of(below, top));
  CHECK(child_of(told, top)); // sent when the answer came
  CHECK(top.name == "tracing_test::price");
  CHECK(top.actor == "/bench/shop");
  CHECK(top.incarnation == 1);
  CHECK(top.kind == alys::span_kind::internal);
  CHECK(top.outcome == alys::span_outcome::handled);
  CHECK(top.context.sampled());
  CHECK_FALSE(top.failure);
  CHECK(top.start <= below.start);
  CHECK(below.end <= top.end);
  REQUIRE(top.events.size() == 1);
  CHECK(top.events[0].name == "looked up");
  CHECK(top.events[0].attributes == std::vector<alys::span_attribute>{{"found", true}});
  CHECK(s.tracer().counts().started == s.tracer().counts().ended);
}

TEST_CASE("two messages from outside are two traces") {
  traced_shop s;
  REQUIRE(s.t.ask(s.inside, look_up{1}));
  REQUIRE(s.t.ask(s.inside, look_up{1}));
  const auto both = s.seen->named("look_up");
  REQUIRE(both.size() == 2);
  CHECK(both[0].context.trace_id != both[1].context.trace_id);
  CHECK((first(both[0]) && first(both[1])));
}

TEST_CASE("a refusal and a failure say so with their code") {
  traced_shop s;
  CHECK(s.t.ask(s.inside, look_up{0}) == denied::unknown_item);
  CHECK(s.seen->one("look_up").outcome == alys::span_outcome::refused);
  CHECK(s.seen->one("look_up").failure == denied::unknown_item);
  s.seen->clear();
  CHECK(s.t.ask(s.inside, look_up{-1}).error().failed());
  CHECK(s.seen->one("look_up").outcome == alys::span_outcome::failed);
  CHECK(s.seen->one("look_up").failure.category() == alys::category::network);
}

TEST_CASE("a failure of a message that nobody asked is a failed span") {
  traced_shop s;
  send(s.inside, look_up{-1});
  s.t.run_until_idle();
  CHECK(s.seen->one("look_up").outcome == alys::span_outcome::failed);
  s.seen->clear();
  send(s.inside, look_up{0});
  s.t.run_until_idle();
  CHECK(s.seen->one("look_up").outcome == alys::span_outcome::refused);
  CHECK(s.seen->one("look_up").failure == denied::unknown_item);
}

TEST_CASE("the span of a promise ends when it is kept") {
  traced_shop s;
  REQUIRE(s.t.ask(s.front, later{250ms}, 1s) == 7);
  const auto asked = s.seen->one("later");
  CHECK(asked.end - asked.start == 250ms);
  CHECK(asked.outcome == alys::span_outcome::handled);
  CHECK(child_of(s.seen->one("note"), asked)); // the timer's message
}

TEST_CASE("the span of a promise whose actor restarts ends undelivered") {
  traced_shop s;
  const auto waiting = s.t.ask_later(s.front, later{250ms});
  s.t.run_until_idle();
  CHECK(s.seen->named("later").empty());
  REQUIRE(s.t.system().inject_fault("/bench/shop"));
  s.t.run_until_idle();
  CHECK(s.seen->one("later").outcome == alys::span_outcome::undelivered);
  CHECK(s.seen->one("later").failure == alys::errc::restarted);
}

TEST_CASE("a timer follows the trace that set it and one that sets itself again begins another") {
  traced_shop s;
  send(s.front, remind{1s});
  s.t.advance(10s);
  const auto expired = s.seen->named("again");
  REQUIRE(expired.size() == 3);
  CHECK(child_of(expired[0], s.seen->one("remind")));
  CHECK(first(expired[1]));
  CHECK(first(expired[2]));
  CHECK_FALSE(expired[0].queue_wait);
}

TEST_CASE("each expiry of a repeated timer is a trace of its own") {
  traced_shop s;
  send(s.front, ticking{1s});
  s.t.advance(3s);
  const auto expired = s.seen->named("tick");
  REQUIRE(expired.size() == 3);
  for (const auto& e : expired) CHECK(first(e));
  CHECK(expired[0].context.trace_id != expired[1].context.trace_id);
}

TEST_CASE("a restart belongs to the trace that failed and links to the span that did") {
  traced_shop s;
  CHECK(s.t.ask(s.inside, look_up{-1}).error().failed());
  s.t.run_until_idle();
  const auto failed = s.seen->one("look_up");
  const auto restart = s.seen->one("restart");
  CHECK(child_of(restart, failed));
  REQUIRE(restart.links.size() == 1);
  CHECK(restart.links[0].to == failed.context);
  CHECK(restart.actor == "/bench/store");
  CHECK(failed.incarnation == 1);
  CHECK(restart.incarnation == 2);
  CHECK(restart.outcome == alys::span_outcome::handled);
  const auto tree = s.t.system().tree();
  const auto* slot = find(tree, "/bench/store");
  REQUIRE(slot != nullptr);
  CHECK(slot->failures.back().trace == failed.context);
}

TEST_CASE("a failure while an answer is handled fails the span that asked") {
  const auto seen = std::make_shared<spans>();
  alys::testkit::bench t({.tracing = {.sink = seen}});
  const auto inside = t.child<store>();
  const auto outside = t.child<asker>({}, {}, inside);
  send(outside, again{});
  t.run_until_idle();
  REQUIRE(seen->one("restart").links.size() == 1);
  CHECK(seen->one("restart").links[0].to == seen->one("again").context);
}

TEST_CASE("siblings that are restarted along and a subtree after an escalation belong to the trace that failed") {
  const auto seen = std::make_shared<spans>();
  alys::supervisor_spec root{"root", alys::one_for_one{}};
  auto& group = root.supervisor("group", alys::rest_for_one{.restarts = 1, .within = 60s});
  const auto first_of_two = group.child<store>("first");
  (void)group.child<shop>("second", {}, {}, first_of_two);
  alys::testkit::bench t(std::move(root), {.tracing = {.sink = seen}});
  CHECK(t.ask(first_of_two, look_up{-1}).error().failed());
  t.run_until_idle();
  const auto restarts_of = [&](const alys::span_data& failed) {
    std::set<std::string> found;
    for (const auto& r : seen->named("restart")) {
      CHECK(child_of(r, failed));
      REQUIRE(r.links.size() == 1);
      CHECK(r.links[0].to == failed.context);
      found.insert(r.actor);
    }
    return found;
  };
  const std::set<std::string> both{"/root/group/first", "/root/group/second"};
  CHECK(restarts_of(seen->one("look_up")) == both);
  seen->clear();
  CHECK(t.ask(first_of_two, look_up{-1}).error().failed()); // more than the group may restart
  t.run_until_idle();
  CHECK(t.restarts(first_of_two) >= 1);
  CHECK(restarts_of(seen->one("look_up")) == both);
  seen->clear();
  REQUIRE(t.system().inject_fault("/root/group/second")); // by somebody who is not traced: nothing stays of the other trace
  t.run_until_idle();
  CHECK(restarts_of(seen->one("an injected fault")) == std::set<std::string>{"/root/group/second"});
}

TEST_CASE("the first life of a slot begins a trace") {
  const auto seen = std::make_shared<spans>();
  alys::testkit::bench t({.tracing = {.sink = seen}});
  (void)t.child<store>();
  (void)t.system();
  const auto began = seen->one("initialize");
  CHECK(first(began));
  CHECK(began.links.empty());
  CHECK(began.actor == "/bench/store");
}

TEST_CASE("without a sink nothing is traced and everything works") {
  traced_shop s(1.0, false);
  CHECK_FALSE(s.tracer());
  const auto span =
      s.tracer().start("outside", {.parent = alys::remote_trace{"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", {}}});
  CHECK_FALSE(span.recording());
  const alys::trace_scope inside{span};
  CHECK(s.t.ask(s.front, price{5}) == 5);
  CHECK(s.t.ask(s.front, outgoing{}) == std::string{" "});
  CHECK(s.seen->all().empty());
}

TEST_CASE("a ratio of 0 samples nothing that begins here and continues what others sampled") {
  traced_shop s(0.0);
  CHECK(s.t.ask(s.front, price{5}) == 5);
  CHECK(s.seen->all().empty());
  const auto span =
      s.tracer().start("outside", {.parent = alys::remote_trace{"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", {}}});
  CHECK(span.recording());
  {
    const alys::trace_scope inside{span};
    CHECK(s.t.ask(s.front, price{5}) == 5);
  }
  span.end();
  REQUIRE(s.seen->all().size() == 4);
  const auto edge = s.seen->one("outside");
  CHECK(alys::to_traceparent(edge.context).substr(0, 36) == "00-0af7651916cd43dd8448eb211c80319c-");
  CHECK(edge.parent == std::array<std::uint8_t, 8>{0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31});
  CHECK(child_of(s.seen->one("price"), edge));
}

TEST_CASE("a trace that another process does not sample is not sampled here either") {
  traced_shop s;
  const auto span =
      s.tracer().start("outside", {.parent = alys::remote_trace{"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", {}}});
  CHECK_FALSE(span.recording());
  const alys::trace_scope inside{span};
  CHECK(s.t.ask(s.front, price{5}) == 5);
  CHECK(s.seen->all().empty());
  // but it goes on to the next process
  CHECK(s.t.ask(s.front, outgoing{}) == std::string{"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00 "});
}

TEST_CASE("what is no traceparent begins a new trace and fails nothing") {
  traced_shop s;
  for (const char* wrong :
       {"", "00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"}) {
    INFO(wrong);
    s.seen->clear();
    s.tracer().start("outside", {.parent = alys::remote_trace{wrong, "vendor=1"}}).end();
    CHECK(first(s.seen->one("outside")));
    CHECK(s.seen->one("outside").tracestate.empty());
  }
}

TEST_CASE("a tracestate goes with its trace through every actor and out again") {
  traced_shop s;
  const auto span = s.tracer().start(
      "outside", {.kind = alys::span_kind::server,
                  .parent = alys::remote_trace{"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "congo=t61rcWkgMzE , rojo=1"}});
  const alys::trace_scope inside{span};
  const auto sent = s.t.ask(s.front, outgoing{}).value();
  CHECK(sent.ends_with("-01 congo=t61rcWkgMzE,rojo=1"));
  const auto handled = s.seen->one("outgoing");
  CHECK(sent.starts_with(alys::to_traceparent(handled.context) + ' '));
  CHECK(handled.tracestate == "congo=t61rcWkgMzE,rojo=1");
}

TEST_CASE("a share of conversations is sampled and each of them is whole or left out") {
  traced_shop s(0.25);
  constexpr int conversations = 4'000;
  for (int i = 0; i < conversations; ++i) REQUIRE(s.t.ask(s.front, price{5}) == 5);
  std::map<std::array<std::uint8_t, 16>, std::size_t> spans_of;
  for (const auto& span : s.seen->all()) ++spans_of[span.context.trace_id];
  CHECK(spans_of.size() > 850); // 1000 expected, with a deviation of 27
  CHECK(spans_of.size() < 1'150);
  for (const auto& [trace, count] : spans_of) CHECK(count == 3);
}

TEST_CASE("the same seed samples the same conversations under the same ids") {
  const auto run = [] {
    traced_shop s(0.1);
    for (int i = 0; i < 100; ++i) REQUIRE(s.t.ask(s.front, price{5}) == 5);
    std::vector<std::string> ids;
    for (const auto& span : s.seen->all()) ids.push_back(alys::to_traceparent(span.context));
    return ids;
  };
  const auto once = run();
  CHECK_FALSE(once.empty());
  CHECK(once == run());
}

TEST_CASE("a handler may begin a trace of its own for some of what it sends") {
  traced_shop s;
  send(s.front, alone{});
  s.t.run_until_idle();
  const auto notes = s.seen->named("note");
  REQUIRE(notes.size() == 2);
  CHECK(first(notes[0]));
  CHECK(child_of(notes[1], s.seen->one("alone")));
}

TEST_CASE("queue wait is the time between sending and handling") {
  traced_shop s;
  const auto span = s.tracer().start("outside");
  const alys::trace_scope inside{span};
  s.t.advance(1s); // an instant of 0 says that there is none
  s.t.inject(s.inside, {.effect = alys::testkit::takes{30ms}});
  send(s.inside, note{1});
  send(s.inside, note{2});
  s.t.advance(30ms);
  const auto notes = s.seen->named("note");
  REQUIRE(notes.size() == 2);
  CHECK(notes[0].queue_wait == 0ms);
  CHECK(notes[1].queue_wait == 30ms);
}

TEST_CASE("the span of a request whose answer is lost ends with it") {
  traced_shop s;
  s.t.inject(s.inside, {.effect = alys::testkit::loses_reply{}});
  CHECK(s.t.ask(s.inside, look_up{3}, 1s) == alys::errc::deadline);
  CHECK(s.seen->one("look_up").outcome == alys::span_outcome::none);
}

TEST_CASE("a span holds what fits and counts the rest") {
  traced_shop s;
  const auto span = s.tracer().start("full");
  for (std::size_t i = 0; i < alys::max_span_attributes + 2; ++i) span.set("key " + std::to_string(i), i);
  span.set("key 0", "again");
  for (std::size_t i = 0; i < alys::max_span_events + 3; ++i) span.event("event");
  for (std::size_t i = 0; i < alys::max_span_links + 4; ++i) span.link(span.context());
  span.set("key 1", std::string(alys::max_span_text + 1, 'x'));
  span.end();
  span.set("late", true);
  const auto full = s.seen->one("full");
  CHECK(full.attributes.size() == alys::max_span_attributes);
  CHECK(full.attributes[0].value == alys::span_value{"again"});
  CHECK(std::get<std::string>(full.attributes[1].value.get()).size() == alys::max_span_text);
  CHECK(full.dropped_attributes == 2);
  CHECK(full.dropped_events == 3);
  CHECK(full.dropped_links == 4);
}

TEST_CASE("a span ends with its last copy and says how it came out") {
  traced_shop s;
  {
    const auto one = s.tracer().start("outer");
    const alys::trace_scope inside{one};
    CHECK(alys::current_span().recording());
    const auto two = s.tracer().start("inner");
    two.failed(alys::refuse(denied::unknown_item));
    CHECK(s.seen->all().empty());
  }
  CHECK(child_of(s.seen->one("inner"), s.seen->one("outer")));
  CHECK(s.seen->one("inner").outcome == alys::span_outcome::refused);
  CHECK(s.seen->one("outer").outcome == alys::span_outcome::none);
  CHECK_FALSE(alys::current_span().recording());
}

TEST_CASE("a sink that throws loses its span and nothing else") {
  std::vector<std::string> lines;
  alys::testkit::bench t(
      {.log = [&](alys::log_level, std::string_view line) { lines.emplace_back(line); }, .tracing = {.sink = std::make_shared<broken>()}});
  const auto inside = t.child<store>();
  CHECK(t.ask(inside, look_up{3}) == 3);
  CHECK(t.system().tracer().counts().lost == 2); // of the start as well
  REQUIRE(lines.size() == 2);
  CHECK(lines[1] == "the span sink threw: the disk is full");
}

TEST_CASE("a span may outlive its system") {
  const auto seen = std::make_shared<spans>();
  alys::span left;
  {
    auto system = alys::system::start(alys::supervisor_spec{"root"}, {.tracing = {.sink = seen}});
    left = system.tracer().start("left");
  }
  left.event("late");
  left.end();
  CHECK(seen->one("left").end >= seen->one("left").start);
}

TEST_CASE("a promise that is kept on another thread ends its span there") {
  const auto seen = std::make_shared<spans>();
  alys::supervisor_spec root{"root"};
  const auto to = root.child<slow>("slow");
  auto system = alys::system::start(std::move(root), {.tracing = {.sink = seen}});
  REQUIRE(system.ask(to, later{}, 5s) == 3);
  CHECK(seen->one("later").attributes == std::vector<alys::span_attribute>{{"where", "elsewhere"}});
}

TEST_CASE("a ratio that is none is refused") {
  for (const double wrong : {-0.1, 1.1, 0.0000001, std::numeric_limits<double>::quiet_NaN()}) {
    INFO(wrong);
    CHECK_THROWS_WITH(alys::system::start(alys::supervisor_spec{"root"}, {.tracing = {.ratio = wrong}}),
                      Catch::Contains("tracing.ratio: must be 0, or from 0.000001 to 1"));
  }
}
