// SPDX-License-Identifier: Apache-2.0
//
// Which conversations are traced: the ratio, what other processes decided, and a handler's own decision.
#include "traced_shop.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace tracing_test;

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

TEST_CASE("a ratio that is none is refused") {
  for (const double wrong : {-0.1, 1.1, 0.0000001, std::numeric_limits<double>::quiet_NaN()}) {
    INFO(wrong);
    CHECK_THROWS_WITH(alys::system::start(alys::supervisor_spec{"root"}, {.tracing = {.ratio = wrong}}),
                      Catch::Contains("tracing.ratio: must be 0, or from 0.000001 to 1"));
  }
}
