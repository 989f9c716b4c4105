// SPDX-License-Identifier: Apache-2.0
//
// New versions of a running tree, in virtual time: who is asked, who is told, and what stays if one says no.
#include <alys/actors.hpp>
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

using namespace alys;
using namespace std::chrono_literals;

namespace {

struct show {
  using reply = int;
};
ALYS_MESSAGE(show)
struct lives {
  using reply = std::uint32_t;
};
ALYS_MESSAGE(lives)
struct die {
  using reply = void;
};
ALYS_MESSAGE(die)

struct dial_config {
  int value = 0;
  std::vector<std::string> names = {};
  void validate(problem_list& found) const {
    if (value < 0) found.push_back({"value", "must not be negative"});
  }
};
ALYS_CONFIG(dial_config, value, names)

// Takes every value but 13, and throws at 14; what it applied is what it shows.
class dial final : public actor<dial, dial_config> {
public:
  using messages = accepts<show, lives, die>;
  int handle(const show&) { return shown_; }
  std::uint32_t handle(const lives&) { return incarnation(); }
  result<void> handle(const die&) { return fail(category::network, "told to"); }

  result<int> prepare(const dial_config& next) {
    if (next.value == 13) return refuse(errc::out_of_range, "13 is no number for a dial");
    if (next.value == 14) throw std::runtime_error("14 is worse");
    return next.value;
  }
  void apply(int value) noexcept { shown_ = value == config().value ? value : -1; }

private:
  int shown_ = config().value;
};

// Has no prepare().
class fixed final : public actor<fixed, dial_config> {
public:
  using messages = accepts<show, lives>;
  int handle(const show&) { return config().value; }
  std::uint32_t handle(const lives&) { return incarnation(); }
};

// Takes everything, and has nothing to prepare.
class plain final : public actor<plain, dial_config> {
public:
  using messages = accepts<show>;
  int handle(const show&) { return config().value; }
  result<void> prepare(const dial_config&) { return {}; }
};

struct five {
  explicit five(std::array<int, 5> values, strategy how = one_for_one{}, child_options options = {}) : spec("root", how) {
    for (std::size_t i = 0; i < values.size(); ++i) dials[i] = spec.child<dial>("d" + std::to_string(i), {.value = values[i]}, options);
  }
  supervisor_spec spec;
  std::array<ref<dial>, 5> dials{};
};

[[nodiscard]] std::vector<int> shown(testkit::bench& t, const five& tree) {
  std::vector<int> values;
  for (const auto& d : tree.dials) values.push_back(t.ask(d, show{}).value_or(-100));
  return values;
}

} // namespace

TEST_CASE("a reload is taken by all whom it concerns and leaves the others alone") {
  five now{{1, 2, 3, 4, 5}};
  testkit::bench t{now.spec};
  t.start();
  const auto report = t.reload(five{{1, 20, 3, 40, 5}}.spec);
  CHECK(report.outcome == reload_outcome::applied);
  CHECK(report.version == 2);
  CHECK(report.changed == std::vector<std::string>{"/root/d1", "/root/d3"});
  CHECK(shown(t, now) == std::vector{1, 20, 3, 40, 5});
  CHECK(t.ask(now.dials[1], lives{}) == 1u);
  CHECK(t.system().reloads().version == 2);
  CHECK(t.system().reloads().applied == 1);
}

TEST_CASE("when the third of five actors refuses a reload all five stay as they are") {
  five now{{1, 2, 3, 4, 5}};
  testkit::bench t{now.spec};
  t.start();
  for (const int bad : {13, 14}) {
    const auto report = t.reload(five{{10, 20, bad, 40, 50}}.spec);
    CHECK(report.outcome == reload_outcome::refused);
    CHECK(report.version == 1);
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems[0].path == "/root/d2");
    CHECK(report.problems[0].text.find(bad == 13 ? "13 is no number" : "14 is worse") != std::string::npos);
    CHECK(shown(t, now) == std::vector{1, 2, 3, 4, 5});
    CHECK(t.restarts(now.dials[2]) == 0);
  }
  CHECK(t.reload(five{{10, 20, 30, 40, 50}}.spec).version == 2);
  CHECK(shown(t, now) == std::vector{10, 20, 30, 40, 50});
  CHECK(t.system().reloads().refused == 2);
}

TEST_CASE("an actor that is too slow to prepare ends a reload and all stay as they are") {
  five now{{1, 2, 3, 4, 5}};
  testkit::bench t{now.spec};
  t.start();
  t.inject(now.dials[3], {.effect = testkit::takes{10s}});
  const auto last = t.ask_later(now.dials[3], show{});
  t.run_until_idle();
  const auto report = t.reload(five{{10, 20, 30, 40, 50}}.spec, {.prepare_within = 2s});
  CHECK(report.outcome == reload_outcome::timed_out);
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0].path == "/root/d3");
  CHECK(report.problems[0].text.find("did not answer within 2000 ms") != std::string::npos);
  t.advance(20s);
  CHECK(shown(t, now) == std::vector{1, 2, 3, 4, 5});
  CHECK(t.reload(five{{10, 20, 30, 40, 50}}.spec).outcome == reload_outcome::applied);
}

TEST_CASE("a declaration with nothing new changes nothing") {
  five now{{1, 2, 3, 4, 5}};
  testkit::bench t{now.spec};
  t.start();
  const auto report = t.reload(five{{1, 2, 3, 4, 5}}.spec);
  CHECK(report.outcome == reload_outcome::unchanged);
  CHECK(report.version == 1);
  CHECK(to_string(report) == "version 1 stays: nothing is new");
}

TEST_CASE("a reload names everything that a running tree cannot take") {
  supervisor_spec now{"root"};
  now.child<fixed>("a", {.value = 1});
  now.child<fixed>("b", {}, {.mailbox = {.capacity = 5}});
  now.child<dial>("c");
  (void)now.children<dial>("n-{}", {}, 10);
  testkit::bench t{std::move(now)};
  t.start();
  supervisor_spec next{"root"};
  next.child<fixed>("b", {}, {.mailbox = {.capacity = 6}, .kind = child_kind::transient});
  next.child<fixed>("c");
  next.child<fixed>("d", {.value = -1});
  (void)next.children<dial>("n-{}", {}, 11);
  const auto report = t.reload(next, {.prepare_within = 0ms});
  CHECK(report.outcome == reload_outcome::refused);
  CHECK(to_string(report.problems) ==
        "/root/d: config.value: must not be negative\n"
        "/root/a: is missing in the next declaration: a slot cannot leave a running tree\n"
        "/root/b: mailbox cannot change while the tree runs\n"
        "/root/b: kind cannot change while the tree runs\n"
        "/root/c: another kind of child: this needs a new start\n"
        "/root/n-{}: at_most cannot change while the tree runs\n"
        "/root/d: is new in the next declaration: a slot cannot join a running tree\n"
        "prepare_within: must be more than 0");
}

TEST_CASE("an actor without prepare refuses unless it is declared to be restarted") {
  const auto declare = [](int value, reload_by how) {
    supervisor_spec spec{"root"};
    auto slot = spec.child<fixed>("a", {.value = value}, {.reload_by = how});
    return std::pair{std::move(spec), slot};
  };
  SECTION("refuses") {
    auto [now, slot] = declare(1, reload_by::hooks);
    testkit::bench t{std::move(now)};
    t.start();
    const auto report = t.reload(declare(2, reload_by::hooks).first);
    CHECK(report.outcome == reload_outcome::refused);
    CHECK(to_string(report.problems).find("/root/a: ") == 0);
    CHECK(to_string(report.problems).find("it has no prepare()") != std::string::npos);
    CHECK(t.ask(slot, show{}) == 1);
  }
  SECTION("is restarted in order, and no budget counts it") {
    auto [now, slot] = declare(1, reload_by::restart);
    testkit::bench t{std::move(now)};
    t.start();
    for (int v = 2; v < 12; ++v) CHECK(t.reload(declare(v, reload_by::restart).first).outcome == reload_outcome::applied);
    CHECK(t.ask(slot, show{}) == 11);
    CHECK(t.ask(slot, lives{}) == 11u);
    CHECK(t.restarts(slot) == 0);
  }
  SECTION("is restarted as often as it takes when reloads follow each other at once") {
    auto [now, slot] = declare(1, reload_by::restart);
    testkit::bench t{std::move(now)};
    t.start();
    for (int v = 2; v < 12; ++v) CHECK(t.system().reload(declare(v, reload_by::restart).first).outcome == reload_outcome::applied);
    t.run_until_idle();
    CHECK(t.ask(slot, show{}) == 11);
  }
}

TEST_CASE("result of void needs no apply") {
  const auto declare = [](int value) {
    supervisor_spec spec{"root"};
    auto slot = spec.child<plain>("a", {.value = value});
    return std::pair{std::move(spec), slot};
  };
  auto [now, slot] = declare(1);
  testkit::bench t{std::move(now)};
  t.start();
  CHECK(t.reload(declare(2).first).outcome == reload_outcome::applied);
  CHECK(t.ask(slot, show{}) == 2);
}

namespace {

struct slowly {
  using reply = bool;
};
ALYS_MESSAGE(slowly)

// Waits in the middle of a message, and says whether its configuration stayed the same.
class sleeper final : public actor<sleeper, dial_config> {
public:
  using messages = accepts<show, slowly, die>;
  int handle(const show&) { return config().value; }
  task<bool> handle(const slowly&) {
    const int before = config().value;
    co_await sleep(10s);
    co_return config().value == before;
  }
  result<void> handle(const die&) { return fail(category::network, "told to"); }
  result<void> prepare(const dial_config&) { return {}; }
};

[[nodiscard]] std::pair<supervisor_spec, ref<sleeper>> declare_sleeper(int value) {
  supervisor_spec spec{"root"};
  auto slot = spec.child<sleeper>("a", {.value = value});
  return {std::move(spec), slot};
}

} // namespace

TEST_CASE("a coroutine sees one version from its beginning to its end") {
  auto [now, slot] = declare_sleeper(1);
  testkit::bench t{std::move(now)};
  t.start();
  auto answer = t.ask_later(slot, slowly{});
  t.advance(1s);
  const bool patient = GENERATE(true, false);
  const auto report = t.reload(declare_sleeper(2).first, {.prepare_within = patient ? 20s : 2s});
  CHECK(report.outcome == (patient ? reload_outcome::applied : reload_outcome::timed_out));
  t.advance(20s);
  CHECK(answer.take() == true);
  CHECK(t.ask(slot, show{}) == (patient ? 2 : 1));
}

TEST_CASE("a coroutine that ends with its life holds no reload up") {
  auto [now, slot] = declare_sleeper(1);
  testkit::bench t{std::move(now)};
  t.start();
  auto answer = t.ask_later(slot, slowly{});
  t.advance(1s);
  REQUIRE(t.system().inject_fault("/root/a"));
  CHECK(t.reload(declare_sleeper(2).first, {.prepare_within = 5s}).outcome == reload_outcome::applied);
  CHECK_FALSE(answer.take().has_value());
  CHECK(t.ask(slot, show{}) == 2);
}

TEST_CASE("a suspended actor takes a new configuration at its restart") {
  const child_options patient{.restart = backoff{.initial = 10s, .jitter = jitter::none}};
  five now{{1, 2, 3, 4, 5}, one_for_one{}, patient};
  testkit::bench t{now.spec};
  t.start();
  CHECK(t.ask(now.dials[0], die{}).error().failed());
  CHECK(t.reload(five{{10, 2, 3, 4, 5}, one_for_one{}, patient}.spec).outcome == reload_outcome::applied);
  t.advance(10s);
  CHECK(t.ask(now.dials[0], show{}) == 10);
  CHECK(t.ask(now.dials[0], lives{}) == 2u);
}

TEST_CASE("a restarted incarnation has the configuration of the last reload") {
  five now{{1, 2, 3, 4, 5}};
  testkit::bench t{now.spec};
  t.start();
  CHECK(t.reload(five{{10, 2, 3, 4, 5}}.spec).outcome == reload_outcome::applied);
  CHECK(t.ask(now.dials[0], die{}).error().failed());
  CHECK(t.ask(now.dials[0], show{}) == 10);
}

TEST_CASE("policies are reloaded too and hold for what is decided from then on") {
  static constexpr row stop_network[] = {{category::network, action::stop}};
  five now{{1, 2, 3, 4, 5}, one_for_one{.restarts = 1}};
  testkit::bench t{now.spec};
  t.start();
  const auto report =
      t.reload(five{{1, 2, 3, 4, 5}, one_for_one{.restarts = 5}, {.restart = backoff{.initial = 1s, .jitter = jitter::none}}}.spec);
  CHECK(report.outcome == reload_outcome::applied);
  CHECK(report.changed.size() == 6);
  const tree_node tree = t.tree();
  CHECK(tree.policy == "at most 5 in 1m, then to_parent");
  CHECK(tree.children[0].policy.find("backoff 1s") != std::string::npos);
  for (int i = 0; i < 3; ++i) {
    CHECK(t.ask(now.dials[0], die{}).error().failed());
    CHECK(t.ask(now.dials[0], show{}) == errc::deadline); // its backoff
    t.advance(5s);
    CHECK(t.ask(now.dials[0], show{}) == 1);
  }
  CHECK(t.reload(five{{1, 2, 3, 4, 5}, one_for_one{.restarts = 5}, {.decisions = stop_network}}.spec).version == 3);
  CHECK(t.ask(now.dials[0], die{}).error().failed());
  CHECK(t.ask(now.dials[0], show{}) == errc::stopped);
}

TEST_CASE("a new limit of a child and a new strategy hold at once") {
  five now{{1, 2, 3, 4, 5}};
  testkit::bench t{now.spec};
  t.start();
  CHECK(t.reload(five{{1, 2, 3, 4, 5}, one_for_all{.restarts = 10}}.spec).outcome == reload_outcome::applied);
  CHECK(t.ask(now.dials[0], die{}).error().failed());
  CHECK(t.ask(now.dials[4], lives{}) == 2u);
  CHECK(t.reload(five{{1, 2, 3, 4, 5}, one_for_all{.restarts = 10}, {.limit = restart_limit{.restarts = 0}}}.spec).outcome ==
        reload_outcome::applied);
  CHECK(t.ask(now.dials[0], die{}).error().failed());
  CHECK(t.ask(now.dials[1], show{}) == errc::stopped); // one restart was one too many
}

TEST_CASE("children that came at run time take the new policies of their template") {
  const auto declare = [](child_options options) {
    supervisor_spec spec{"root"};
    auto born = spec.children<dial>("n-{}", std::move(options), 10);
    return std::pair{std::move(spec), born};
  };
  auto [now, born] = declare({});
  testkit::bench t{std::move(now)};
  t.start();
  const auto before = born.start("1", {.value = 1}).value();
  CHECK(t.ask(before, show{}) == 1);
  CHECK(t.reload(declare({.restart = backoff{.initial = 1s, .jitter = jitter::none}}).first).outcome == reload_outcome::applied);
  const auto after = born.start("2", {.value = 2}).value();
  for (const auto& each : {before, after}) {
    CHECK(t.ask(each, die{}).error().failed());
    CHECK(t.ask(each, show{}) == errc::deadline);
    t.advance(1s);
    CHECK(t.ask(each, show{}));
  }
}

TEST_CASE("a tree that is ending takes no reload") {
  five now{{1, 2, 3, 4, 5}};
  testkit::bench t{now.spec};
  t.start();
  (void)t.shutdown();
  CHECK(t.reload(five{{2, 2, 3, 4, 5}}.spec).outcome == reload_outcome::not_now);
}

namespace {
class reload_watch final : public observer {
public:
  void reloaded(const reload_report& r) override { lines.push_back(to_string(r)); }
  std::vector<std::string> lines;
};
} // namespace

TEST_CASE("observers hear of each reload and what became of it") {
  const auto seen = std::make_shared<reload_watch>();
  five now{{1, 2, 3, 4, 5}};
  testkit::bench t{now.spec, {.observers = {seen}}};
  t.start();
  (void)t.reload(five{{1, 2, 3, 4, 6}}.spec);
  (void)t.reload(five{{1, 2, 13, 4, 6}}.spec);
  CHECK(seen->lines == std::vector<std::string>{"version 2 applied: /root/d4",
                                                "version 2 stays (refused)\n/root/d2: errc::out_of_range: 13 is no number for a dial"});
}
