// SPDX-License-Identifier: Apache-2.0
//
// Supervisors with ten thousand children: each step is taken, none is taken twice, and what does not concern a child does not hold it up.
#include "support/actors/tree.hpp"

#include <alys/testkit.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t many = 10'000;

struct quit {
  using reply = std::uint32_t; // answers which life it is
  bool failing = false;
};
ALYS_MESSAGE(quit, failing)

// The order in which objects ended.
using endings = std::vector<std::size_t>;

class worker final : public actor<worker> {
public:
  using messages = accepts<quit>;
  worker(std::size_t number, std::shared_ptr<endings> ended) : number_(number), ended_(std::move(ended)) {}
  ~worker() override { ended_->push_back(number_); }
  result<std::uint32_t> handle(const quit& q) {
    if (q.failing) return fail(category::resource, "told to");
    return incarnation();
  }

private:
  std::size_t number_;
  std::shared_ptr<endings> ended_;
};

struct fleet {
  explicit fleet(child_options options = {}, strategy how = one_for_one{.restarts = 10'000}) : t({.how = how}) {
    for (std::size_t i = 0; i < many; ++i) workers.push_back(t.root().child<worker>("w" + std::to_string(i), {}, options, i, ended));
    t.start();
  }
  std::shared_ptr<endings> ended = std::make_shared<endings>();
  testkit::bench t;
  std::vector<ref<worker>> workers;
};

} // namespace

TEST_CASE("ten thousand children come down in reverse order") {
  fleet f;
  CHECK(f.t.shutdown().in_time);
  endings expected(many);
  for (std::size_t i = 0; i < many; ++i) expected[i] = many - 1 - i;
  CHECK(*f.ended == expected);
}

TEST_CASE("of ten thousand children those that fail come back and the others stay") {
  const std::size_t one_in = GENERATE(100u, 20u, 5u);
  fleet f{{.restart = backoff{.initial = 1s, .jitter = jitter::none}}};
  for (std::size_t i = 0; i < many; i += one_in) (void)f.t.ask_later(f.workers[i], quit{true});
  f.t.run_until_idle();
  CHECK(f.ended->size() == many / one_in);
  f.t.advance(1s);
  CHECK(f.ended->size() == many / one_in);
  std::size_t anew = 0;
  for (const tree_node& node : f.t.tree().children) {
    CHECK(node.state == lifecycle_state::running);
    anew += node.incarnation == 2 ? 1 : 0;
  }
  CHECK(anew == many / one_in);
}

TEST_CASE("half of twenty thousand children are dismissed and the rest stays as it was") {
  testkit::bench t;
  const auto ended = std::make_shared<endings>();
  const auto hired = t.root().children<worker>("w-{}", {}, 2 * many);
  t.start();
  std::vector<ref<worker>> workers;
  for (std::size_t i = 0; i < 2 * many; ++i) workers.push_back(hired.start(std::to_string(i), {}, i, ended).value());
  t.run_until_idle();
  for (std::size_t i = 0; i < 2 * many; i += 2) CHECK(hired.stop(workers[i]));
  t.run_until_idle();
  CHECK(t.tree().children.size() == many);
  CHECK(ended->size() == many);
  CHECK(t.ask(workers[0], quit{}) == errc::stopped);
  CHECK(t.ask(workers[2 * many - 1], quit{}) == 1u);
  CHECK(hired.start("0", {}, std::size_t{0}, ended));
}

TEST_CASE("a child that comes down alone does not wait for a later sibling that comes down in its turn") {
  tree t{one_for_all{}};
  const auto guests = t.root.children<subject>("guest-{}", {.stop_within = patience}, 2);
  const auto a = t.add("a");
  auto system = t.start();
  const auto quick = std::make_shared<script>();
  const auto slow = std::make_shared<script>();
  const auto until = std::make_shared<gate>();
  slow->stopping = [until](subject&) -> result<void> {
    until->pass();
    return {};
  };
  const auto first = guests.start("1", {}, quick).value();
  const auto second = guests.start("2", {}, slow).value();
  CHECK(system.ask(second, incarnation_of(), patience) == 1);
  CHECK(system.ask(a, throwing(), patience).error().failed()); // all come down, last declared first
  REQUIRE(slow->log.wait_for("stopping"));
  REQUIRE(guests.stop(first));
  CHECK(t.seen->steps.wait_for("/root/guest-1: stopped -> terminated (1)"));
  until->open();
  CHECK(t.seen->steps.wait_for("/root/a: initializing -> running (2)"));
}

TEST_CASE("children that wait for a sibling start when it is up again") {
  testkit::bench t{{.how = rest_for_one{}}};
  const auto ended = std::make_shared<endings>();
  const auto hub = t.root().child<worker>("hub", {}, {.restart = backoff{.initial = 1s, .jitter = jitter::none}}, 0u, ended);
  const auto hired = t.root().children<worker>("w-{}", {.after = {"hub"}}, 1'000);
  t.start();
  std::vector<ref<worker>> workers;
  for (std::size_t i = 0; i < 1'000; ++i) workers.push_back(hired.start(std::to_string(i), {}, i, ended).value());
  t.run_until_idle();
  CHECK(t.ask(hub, quit{true}).error().failed());
  t.run_until_idle();
  CHECK(ended->size() == 1'001);
  CHECK(t.ask(workers[500], quit{}) == errc::deadline);
  t.advance(1s);
  for (const auto& w : workers) CHECK(t.ask(w, quit{}) == 2u);
}
