// SPDX-License-Identifier: Apache-2.0
//
// Laws of mailboxes, for each overflow policy: one lane against a model of it, and whole mailboxes under real senders.
#include "../../../libalys-actors/src/lane.hpp"

#include <alys/actors.hpp>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <map>
#include <thread>

using alys::overflow;
using namespace std::chrono_literals;

namespace {

struct numbered {
  static constexpr auto priority = alys::priority::normal;
  int sender = 0;
  int number = 0;
};
struct urgent_numbered {
  static constexpr auto priority = alys::priority::urgent;
  int sender = 0;
  int number = 0;
};
ALYS_MESSAGE(numbered, sender, number)
ALYS_MESSAGE(urgent_numbered, sender, number)

constexpr std::array policies{overflow::reject, overflow::drop_oldest, overflow::drop_newest, overflow::block};

int number_of(alys::detail::data_envelope& m) { return static_cast<numbered*>(m.payload())->number; }

// ---- one lane, one thread ----

struct seeker final : alys::detail::reply_port {
  void deliver(alys::detail::reply_ptr) noexcept override {}
  void wait_over(std::uint64_t ticket) noexcept override { let_in.push_back(static_cast<int>(ticket)); }
  std::vector<int> let_in;
};

enum class step { push, pop, put_back, park, withdraw };

struct lane_and_model {
  lane_and_model(std::size_t most, overflow p) : policy(p), capacity(most), real(most, p) {}

  [[nodiscard]] bool door_is_open() const { return queue.size() < capacity && waiting.empty(); }
  void push(int n) {
    alys::detail::data_ptr message = alys::detail::make_envelope(numbered{0, n}), displaced;
    const auto got = real.push(message, displaced);
    if (!door_is_open() && policy != overflow::drop_oldest) {
      RC_ASSERT(got == alys::detail::lane_result::full);
      RC_ASSERT(message != nullptr);
      return;
    }
    RC_ASSERT(got == alys::detail::lane_result::queued);
    RC_ASSERT((displaced != nullptr) == (queue.size() >= capacity));
    if (displaced) {
      RC_ASSERT(number_of(*displaced) == queue.front());
      queue.pop_front();
    }
    queue.push_back(n);
  }
  void pop() {
    const alys::detail::data_ptr got = take();
    if (got) last_popped = number_of(*got);
  }
  alys::detail::data_ptr take() {
    auto got = real.pop();
    RC_ASSERT((got != nullptr) == !queue.empty());
    if (!got) return nullptr;
    RC_ASSERT(number_of(*got) == queue.front());
    queue.pop_front();
    if (!waiting.empty() && queue.size() < capacity) { // whoever came first
      queue.push_back(waiting.front());
      expected_in.push_back(waiting.front());
      waiting.pop_front();
    }
    return got;
  }
  void take_and_put_back() {
    auto got = take();
    if (!got) return;
    queue.push_front(number_of(*got));
    real.put_back(std::move(got));
  }
  void park(int n) {
    if (policy != overflow::block) return;
    alys::detail::waiting_send who{alys::detail::make_envelope(numbered{0, n}), sender, static_cast<std::uint64_t>(n)};
    if (door_is_open()) {
      RC_ASSERT(real.wait(who) == alys::detail::lane_result::queued);
      queue.push_back(n);
    } else {
      RC_ASSERT(real.wait(who) == alys::detail::lane_result::waits);
      waiting.push_back(n);
    }
  }
  void withdraw(int n) {
    if (policy != overflow::block) return;
    const auto place = std::find(waiting.begin(), waiting.end(), n);
    const auto back = real.withdraw(*sender, static_cast<std::uint64_t>(n));
    RC_ASSERT((back != nullptr) == (place != waiting.end()));
    if (place != waiting.end()) waiting.erase(place);
  }
  void check() const {
    RC_ASSERT(real.depth() == queue.size());
    RC_ASSERT(real.waiting() == waiting.size());
    RC_ASSERT(sender->let_in == expected_in);
  }
  // Closed, it takes nothing more, and gives back all that it has, in order.
  void close() {
    real.close();
    for (const int n : queue) {
      const auto left = real.pop();
      RC_ASSERT(left != nullptr);
      RC_ASSERT(number_of(*left) == n);
    }
    RC_ASSERT(real.pop() == nullptr);
    for (const int n : waiting) RC_ASSERT(real.next_waiting().ticket == static_cast<std::uint64_t>(n));
    RC_ASSERT(real.next_waiting().message == nullptr);
    alys::detail::data_ptr late = alys::detail::make_envelope(numbered{}), displaced;
    RC_ASSERT(real.push(late, displaced) == alys::detail::lane_result::closed);
  }

  overflow policy;
  std::size_t capacity;
  alys::detail::lane real;
  std::shared_ptr<seeker> sender = std::make_shared<seeker>();
  std::deque<int> queue;
  std::deque<int> waiting;
  std::vector<int> expected_in;
  int last_popped = 0;
};

void lane_follows_its_model(overflow policy) {
  const auto capacity = static_cast<std::size_t>(*rc::gen::inRange(1, 6));
  const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(rc::gen::inRange(0, 5), rc::gen::inRange(0, 30)));
  lane_and_model both{capacity, policy};
  int last = 0;
  for (const auto& [what, which] : steps) {
    switch (static_cast<step>(what)) {
      case step::push: both.push(++last); break;
      case step::pop: both.pop(); break;
      case step::put_back: both.take_and_put_back(); break;
      case step::park: both.park(++last); break;
      case step::withdraw: both.withdraw(which); break;
    }
    both.check();
  }
  both.close();
}

// ---- whole mailboxes, many threads ----

struct tally {
  std::atomic<int> handled{0};
  std::atomic<bool> in_order{true};
};

class counter final : public alys::actor<counter> {
public:
  using messages = alys::accepts<numbered, urgent_numbered>;
  explicit counter(std::shared_ptr<tally> seen) : seen_(std::move(seen)) {}
  void handle(const numbered& m) { note(m.sender, m.number, last_); }
  void handle(const urgent_numbered& m) { note(m.sender, m.number, last_urgent_); }

private:
  void note(int sender, int number, std::map<int, int>& last) {
    if (const auto before = last.find(sender); before != last.end() && before->second >= number) seen_->in_order = false;
    last[sender] = number;
    ++seen_->handled;
  }
  std::shared_ptr<tally> seen_;
  std::map<int, int> last_, last_urgent_;
};

void all_is_accounted_for(overflow policy) {
  constexpr int senders = 3;
  const auto capacity = static_cast<std::size_t>(*rc::gen::inRange(1, 20));
  const int each = *rc::gen::inRange(1, 300);
  const auto seen = std::make_shared<tally>();
  alys::supervisor_spec root{"root"};
  const auto to = root.child<counter>(
      "counter", {}, {.mailbox = {.capacity = capacity, .urgent_capacity = capacity, .overflow = policy, .block_for = 60s}}, seen);
  auto system = alys::system::start(root, {.threads = 2, .log = alys::log_to_nowhere()});
  std::vector<std::thread> threads;
  for (int s = 0; s < senders; ++s)
    threads.emplace_back([=] {
      for (int n = 0; n < each; ++n) {
        send(to, numbered{s, n});
        send(to, urgent_numbered{s, n});
      }
    });
  for (auto& t : threads) t.join();
  RC_ASSERT(system.shutdown({.deadline = 30s, .drain = 20s}).in_time);
  const auto counts = alys::find(system.tree(), "/root/counter")->messages;
  RC_ASSERT(counts.handled == static_cast<std::uint64_t>(seen->handled.load()));
  RC_ASSERT(counts.handled + counts.rejected + counts.dropped + counts.undelivered ==
            std::uint64_t{2} * senders * static_cast<unsigned>(each));
  RC_ASSERT(counts.queued + counts.parked == 0u);
  RC_ASSERT(seen->in_order.load());
  if (policy == overflow::block) RC_ASSERT(counts.rejected == 0u); // everybody waited
  std::uint64_t lost = 0;
  for (const auto cause : alys::all_dead_letter_causes) lost += system.dead_letters(cause);
  RC_ASSERT(lost == counts.rejected + counts.dropped + counts.undelivered);
}

} // namespace

TEST_CASE("a lane of a mailbox that rejects does what its model does") {
  rc::prop("reject", [] { lane_follows_its_model(overflow::reject); });
}
TEST_CASE("a lane of a mailbox that drops the oldest does what its model does") {
  rc::prop("drop_oldest", [] { lane_follows_its_model(overflow::drop_oldest); });
}
TEST_CASE("a lane of a mailbox that drops the newest does what its model does") {
  rc::prop("drop_newest", [] { lane_follows_its_model(overflow::drop_newest); });
}
TEST_CASE("a lane of a mailbox that blocks does what its model does") {
  rc::prop("block", [] { lane_follows_its_model(overflow::block); });
}

TEST_CASE("threads that fill a mailbox of any policy account for every message and keep their order in each priority") {
  rc::prop("accounting", [] { all_is_accounted_for(*rc::gen::elementOf(policies)); });
}
