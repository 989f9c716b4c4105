// SPDX-License-Identifier: Apache-2.0
//
// A span in the hands of a user: what fits into it, when it ends, on which thread, and what a sink may do.
#include "traced_shop.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace std::chrono_literals;
using namespace tracing_test;

namespace {

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

} // namespace

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
