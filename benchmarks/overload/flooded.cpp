// SPDX-License-Identifier: Apache-2.0
#include "flooded.hpp"

#include "measure.hpp"
#include "pace.hpp"

#include <alys/actors.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace bench {

namespace {

using namespace std::chrono_literals;

constexpr nanoseconds work = 20us; // of a normal message
constexpr double urgent_per_s = 100;
constexpr std::uint64_t seed = 7;

struct job {
  std::array<char, 100> payload{};
};
struct urgent_job {
  static constexpr auto priority = alys::priority::urgent;
  nanoseconds due{};
};
ALYS_MESSAGE(job, payload)
ALYS_MESSAGE(urgent_job, due)

struct urgent_log {
  explicit urgent_log(std::size_t most) { times.reserve(most); }
  std::vector<nanoseconds> times; // the actor's own until the tree has stopped
  std::atomic<std::uint64_t> handled{0};
};

class worker final : public alys::actor<worker> {
public:
  using messages = alys::accepts<job, urgent_job>;
  worker(std::shared_ptr<urgent_log> into, nanoseconds from) : into_(std::move(into)), from_(from) {}
  void handle(const job&) { work_for(work); }
  void handle(const urgent_job& u) {
    if (u.due >= from_) into_->times.push_back(clock_now() - u.due);
    into_->handled.fetch_add(1, std::memory_order_release);
  }

private:
  std::shared_ptr<urgent_log> into_;
  nanoseconds from_;
};

[[nodiscard]] alys::system start(alys::supervisor_spec root) {
  return alys::system::start(std::move(root), {.threads = 4, .log = alys::log_to_nowhere()});
}

[[nodiscard]] alys::message_counts counts_of(const alys::system& system) {
  const auto tree = system.tree();
  return alys::find(tree, "/root/worker")->messages;
}

// Sends what is due, all that is due, until the end; answers how much was due and not sent.
[[nodiscard]] std::uint64_t send_normal(const alys::ref<worker>& to, double per_s, nanoseconds begin, nanoseconds end) {
  std::uint64_t sent = 0;
  const auto due_by = [&](nanoseconds when) { return static_cast<std::uint64_t>(in_seconds(when - begin) * per_s); };
  for (auto now = clock_now(); now < end; now = clock_now()) {
    for (const auto due = due_by(now); sent < due && clock_now() < end; ++sent) send(to, job{});
    std::this_thread::sleep_for(500us);
  }
  return due_by(end) - std::min(sent, due_by(end));
}

[[nodiscard]] std::uint64_t send_urgent(const alys::ref<worker>& to, nanoseconds begin, nanoseconds end) {
  arrivals times(begin, urgent_per_s, seed);
  std::uint64_t sent = 0;
  for (auto due = times.next(); due < end; due = times.next(), ++sent) {
    std::this_thread::sleep_for(due - clock_now());
    send(to, urgent_job{due});
  }
  return sent;
}

// The most over the time from now until the end, over now.
[[nodiscard]] double growth_until(nanoseconds end) {
  const auto before = static_cast<double>(resident_bytes());
  double most = before;
  while (clock_now() < end) {
    std::this_thread::sleep_for(10ms);
    most = std::max(most, static_cast<double>(resident_bytes()));
  }
  return (most - before) / 1e6;
}

} // namespace

double measure_capacity(nanoseconds time) {
  alys::supervisor_spec root{"root"};
  const auto to = root.child<worker>("worker", {}, {.mailbox = {.overflow = alys::overflow::block}}, std::make_shared<urgent_log>(0), 0ns);
  const auto system = start(std::move(root));
  const auto begin = clock_now();
  while (clock_now() < begin + time) send(to, job{});
  const auto handled = counts_of(system).handled;
  return static_cast<double>(handled) / in_seconds(clock_now() - begin);
}

flooded_run flood_with(alys::overflow policy, double per_s, nanoseconds time) {
  const auto log = std::make_shared<urgent_log>(static_cast<std::size_t>(in_seconds(time) * urgent_per_s * 2) + 100);
  const auto begin = clock_now() + 10ms;
  const auto warm = begin + time / 5;
  const auto end = begin + time;
  alys::supervisor_spec root{"root"};
  const auto to = root.child<worker>("worker", {}, {.mailbox = {.overflow = policy}}, log, warm);
  auto system = start(std::move(root));

  flooded_run run;
  std::uint64_t urgent_sent = 0;
  std::thread normal([&] { run.not_sent = send_normal(to, per_s, begin, end); });
  std::thread urgent([&] { urgent_sent = send_urgent(to, begin, end); });
  std::this_thread::sleep_for(warm - clock_now());
  const auto at_warm = counts_of(system);
  run.grown_mb = growth_until(end);
  const auto at_end = counts_of(system);
  normal.join();
  urgent.join();
  run.handled_per_s = static_cast<double>(at_end.handled - at_warm.handled) / in_seconds(end - warm) - urgent_per_s;
  run.turned_away = at_end.rejected + at_end.dropped;
  const auto report = system.shutdown(10s); // handles what waits, so that the log is whole and nobody writes to it any more
  if (!report.in_time) throw std::runtime_error("the flooded actor did not stop: " + to_string(report));
  if (log->handled.load() != urgent_sent) throw std::runtime_error("an urgent message was lost");
  if (run.turned_away + run.not_sent == 0)
    throw std::runtime_error("nothing overflowed with " + std::string(to_string(policy)) + ": too little load, or too short a time");
  run.urgent = std::move(log->times);
  return run;
}

} // namespace bench
