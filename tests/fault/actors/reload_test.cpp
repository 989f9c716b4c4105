// SPDX-License-Identifier: Apache-2.0
//
// Reloads on real threads: at full traffic, while actors fail, and with one that hangs in prepare().
#include "support/actors/tree.hpp"

#include <atomic>
#include <thread>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

struct numbered {
  std::uint32_t sender = 0;
  std::uint64_t number = 0;
  bool poisonous = false;
};
ALYS_MESSAGE(numbered, sender, number, poisonous)

// The two halves of a configuration always say the same.
struct halves {
  int left = 0;
  int right = 0;
};
ALYS_CONFIG(halves, left, right)

constexpr std::size_t senders = 3;

// What a slot saw, over all its lives. Its actor alone writes; read when the tree is at rest.
struct saw {
  std::array<std::uint64_t, senders> last{};
  std::atomic<std::uint64_t> handled{0};
  bool in_order = true;
  bool whole = true; // never half a configuration, and never an older one after a newer
  int newest = 0;
};

class reader final : public actor<reader, halves> {
public:
  using messages = accepts<numbered>;
  explicit reader(std::shared_ptr<saw> s) : saw_(std::move(s)) {}
  result<void> handle(const numbered& n) {
    saw_->in_order = saw_->in_order && n.number == saw_->last[n.sender] + 1;
    saw_->last[n.sender] = n.number;
    saw_->whole = saw_->whole && config().left == config().right && applied_ == config().left && applied_ >= saw_->newest;
    saw_->newest = applied_;
    saw_->handled.fetch_add(1);
    if (n.poisonous) return fail(category::network, "poison");
    return {};
  }
  result<halves> prepare(const halves& next) {
    if (next.left != next.right) return refuse(errc::out_of_range, "two halves");
    return next;
  }
  void apply(halves next) noexcept { applied_ = next.left; }

private:
  std::shared_ptr<saw> saw_;
  int applied_ = config().left;
};

struct readers {
  readers(int version, int of_last, std::array<std::shared_ptr<saw>, 5> saws = {}) : spec("root", one_for_one{.restarts = 10'000}) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const bool last = i + 1 == slots.size();
      slots[i] =
          spec.child<reader>("r" + std::to_string(i), {version, last ? of_last : version},
                             {.mailbox = {.capacity = 1'000'000}, .reload_by = i == 0 ? reload_by::restart : reload_by::hooks}, saws[i]);
    }
  }
  supervisor_spec spec;
  std::array<ref<reader>, 5> slots{};
};

} // namespace

TEST_CASE("a hundred reloads at full traffic lose nothing and reorder nothing") {
  const bool with_failures = GENERATE(false, true);
  std::array<std::shared_ptr<saw>, 5> saws;
  for (auto& s : saws) s = std::make_shared<saw>();
  readers now{0, 0, saws};
  auto system = alys::system::start(now.spec, {.log = log_to_nowhere()});
  std::atomic<bool> over{false};
  std::array<std::uint64_t, senders> sent{};
  std::vector<std::thread> threads;
  for (std::uint32_t s = 0; s < senders; ++s) {
    threads.emplace_back([&, s] {
      while (!over) {
        ++sent[s];
        const bool poison = with_failures && sent[s] % 500 == 0;
        for (const auto& slot : now.slots)
          send(slot, numbered{s, sent[s], poison && slot != now.slots.back()}); // it must be there to refuse
        if (sent[s] % 64 == 0) std::this_thread::yield();
      }
    });
  }
  int as_expected = 0;
  for (int version = 1; version <= 100; ++version) {
    const bool to_be_refused = version % 4 == 0;
    const auto report = system.reload(readers{version, to_be_refused ? -1 : version}.spec, {.prepare_within = 60s});
    as_expected += report.outcome == (to_be_refused ? reload_outcome::refused : reload_outcome::applied);
  }
  over = true;
  for (auto& t : threads) t.join();
  REQUIRE(system.shutdown({.deadline = 60s, .drain = 50s}).in_time);
  CHECK(as_expected == 100);
  CHECK(system.reloads().version == 76);
  std::uint64_t all = 0;
  for (const std::uint64_t n : sent) all += n;
  for (const auto& s : saws) {
    CHECK(s->handled == all);
    CHECK(s->in_order);
    CHECK(s->whole);
  }
}

namespace {

class waiter final : public actor<waiter, halves> {
public:
  using messages = accepts<note>;
  waiter(std::shared_ptr<gate> inside, std::shared_ptr<gate> open) : inside_(std::move(inside)), open_(std::move(open)) {}
  void handle(const note&) {}
  result<void> prepare(const halves&) {
    inside_->open();
    open_->pass();
    return {};
  }

private:
  std::shared_ptr<gate> inside_, open_;
};

} // namespace

TEST_CASE("a prepare that hangs ends the reload and is named") {
  const auto inside = std::make_shared<gate>();
  const auto open = std::make_shared<gate>();
  const auto declare = [&](int version) {
    supervisor_spec spec{"root"};
    spec.child<waiter>("slow", {version, version}, {}, inside, open);
    spec.child<reader>("quick", {version, version}, {}, std::make_shared<saw>());
    return spec;
  };
  auto system = alys::system::start(declare(1), {.log = log_to_nowhere()});
  const auto report = system.reload(declare(2), {.prepare_within = 50ms});
  inside->pass(); // it did come to its prepare()
  CHECK(report.outcome == reload_outcome::timed_out);
  CHECK(report.version == 1);
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0].path == "/root/slow");
  CHECK(report.problems[0].text == "did not answer within 50 ms, busy with prepare()");
  open->open();
  CHECK(system.reload(declare(2)).outcome == reload_outcome::applied);
}

TEST_CASE("of two reloads at once one is told to come later") {
  const auto inside = std::make_shared<gate>();
  const auto open = std::make_shared<gate>();
  const auto declare = [&](int version) {
    supervisor_spec spec{"root"};
    spec.child<waiter>("slow", {version, version}, {}, inside, open);
    return spec;
  };
  auto system = alys::system::start(declare(1), {.log = log_to_nowhere()});
  reload_report first;
  std::thread other([&] { first = system.reload(declare(2), {.prepare_within = 60s}); });
  inside->pass();
  CHECK(system.reload(declare(3)).outcome == reload_outcome::not_now);
  open->open();
  other.join();
  CHECK(first.outcome == reload_outcome::applied);
  CHECK(system.reloads().version == 2);
}
