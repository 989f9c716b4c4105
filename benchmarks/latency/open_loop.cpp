// SPDX-License-Identifier: Apache-2.0
#include "open_loop.hpp"

#include "pace.hpp"

#include <alys/actors.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>

namespace bench {

namespace {

using namespace std::chrono_literals;

constexpr nanoseconds work = 10us; // of the worker, for each message or question

struct notice {
  nanoseconds due{};
};
struct question {
  using reply = void;
};
ALYS_MESSAGE(notice, due)
ALYS_MESSAGE(question)

// Written by one actor; read from outside once `ended` says how many there are.
struct ending {
  explicit ending(std::size_t most) { times.reserve(most); }
  void add(nanoseconds due) {
    if (times.size() < times.capacity()) times.push_back(clock_now() - due);
    ended.store(ended.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  std::vector<nanoseconds> times;
  std::atomic<std::uint64_t> ended{0};
};

class worker final : public alys::actor<worker> {
public:
  using messages = alys::accepts<notice, question>;
  explicit worker(std::shared_ptr<ending> into) : into_(std::move(into)) {}
  void handle(const notice& n) {
    work_for(work);
    into_->add(n.due);
  }
  void handle(const question&) { work_for(work); }

private:
  std::shared_ptr<ending> into_;
};

class front final : public alys::actor<front> {
public:
  using messages = alys::accepts<notice>;
  using asks = alys::to<worker>;
  front(alys::ref<worker> to, std::shared_ptr<ending> into) : to_(std::move(to)), into_(std::move(into)) {}
  void handle(const notice& n) {
    auto answer = ask(to_, question{}, 30s);
    answer.then([this, due = n.due] { into_->add(due); }, [](const alys::error& e) { throw alys::bad_result(e); });
  }

private:
  alys::ref<worker> to_;
  std::shared_ptr<ending> into_;
};

// The two actors, and the one that the traffic goes to. Their mailboxes hold back who sends more than they can handle.
class service {
public:
  service(traffic what, const std::shared_ptr<ending>& into) : system_(start(what, into)) {}
  void send_one(nanoseconds due) { send(entrance_, notice{due}); }

private:
  [[nodiscard]] alys::system start(traffic what, const std::shared_ptr<ending>& into) {
    const alys::child_options options{.mailbox = {.overflow = alys::overflow::block, .block_for = 30s}};
    alys::supervisor_spec root{"root"};
    const auto back = root.child<worker>("worker", {}, options, into);
    const auto before = root.child<front>("front", {}, options, back, into);
    if (what == traffic::messages) entrance_ = back;
    else entrance_ = before;
    return alys::system::start(std::move(root), {.threads = 4, .log = alys::log_to_nowhere()});
  }

  alys::ref_to<notice> entrance_;
  alys::system system_;
};

void wait_for(const ending& into, std::uint64_t count) {
  const auto give_up = clock_now() + 30s;
  while (into.ended.load(std::memory_order_acquire) < count) {
    if (clock_now() > give_up)
      throw std::runtime_error("only " + std::to_string(into.ended.load()) + " of " + std::to_string(count) + " came to their end");
    std::this_thread::sleep_for(100us);
  }
}

} // namespace

double measure_capacity(traffic what, nanoseconds time) {
  constexpr std::uint64_t under_way = 200; // enough to be always at work, and little enough to end soon
  const auto into = std::make_shared<ending>(0);
  service under_test(what, into);
  const auto begin = clock_now();
  std::uint64_t sent = 0;
  while (clock_now() < begin + time) {
    if (sent - into->ended.load(std::memory_order_acquire) >= under_way) std::this_thread::sleep_for(50us);
    else under_test.send_one({}), ++sent;
  }
  const auto ended = into->ended.load(std::memory_order_acquire);
  const double rate = static_cast<double>(ended) / in_seconds(clock_now() - begin);
  wait_for(*into, sent);
  return rate;
}

std::vector<nanoseconds> latencies_at(traffic what, double per_s, nanoseconds time, std::uint64_t seed) {
  const auto begin = clock_now() + 10ms;
  std::vector<nanoseconds> due;
  arrivals times(begin, per_s, seed);
  for (auto next = times.next(); next < begin + time; next = times.next()) due.push_back(next);
  const auto into = std::make_shared<ending>(due.size());
  {
    service under_test(what, into);
    for (const auto when : due) {
      wait_until(when);
      under_test.send_one(when);
    }
    wait_for(*into, due.size());
  }
  auto& all = into->times;
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 10));
  return std::move(all);
}

} // namespace bench
