// SPDX-License-Identifier: Apache-2.0
//
// Backoff, budgets and their checks.
#include <alys/actors/restart.hpp>

#include <alys/actors/duration_text.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace alys {
namespace {

using std::chrono::nanoseconds;

constexpr std::chrono::hours year{24 * 365};

template <class... Functions>
struct overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

// The delay of a streak before any jitter.
nanoseconds full_delay(const backoff& policy, std::uint32_t streak) noexcept {
  const double exponent = streak == 0 ? 0.0 : static_cast<double>(streak - 1);
  const auto cap = static_cast<double>(nanoseconds{policy.cap}.count());
  const double grown = static_cast<double>(nanoseconds{policy.initial}.count()) * std::pow(policy.multiplier, exponent);
  return grown < cap ? nanoseconds{static_cast<nanoseconds::rep>(grown)} : nanoseconds{policy.cap};
}

// A life long enough to end a streak; only a backoff has a use for streaks.
bool healthy(const restart_policy& policy, nanoseconds lived) noexcept {
  const auto* growing = std::get_if<backoff>(&policy);
  return growing != nullptr && lived >= growing->healthy_after;
}

// A number as short as it can be said: 2, 1.5.
std::string shortest(double number) {
  std::string text = std::to_string(number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

} // namespace

void validate(const restart_policy& policy, problem_list& problems) {
  const auto* growing = std::get_if<backoff>(&policy);
  if (growing == nullptr) return;
  if (growing->initial <= growing->initial.zero()) problems.push_back({"initial", "must be more than 0s (use immediate{} for no delay)"});
  if (growing->cap < growing->initial) problems.push_back({"cap", "must be at least initial"});
  if (growing->cap > year) problems.push_back({"cap", "must be at most " + to_text(year)});
  if (!std::isfinite(growing->multiplier) || growing->multiplier < 1.0)
    problems.push_back({"multiplier", "must be a number of at least 1"});
  if (growing->jitter > jitter::none) problems.push_back({"jitter", "must be full or none"});
  if (growing->healthy_after <= growing->healthy_after.zero()) problems.push_back({"healthy_after", "must be more than 0s"});
}

void validate(const restart_limit& limit, problem_list& problems) {
  if (limit.restarts > max_restarts_in_window)
    problems.push_back({"restarts", "must be at most " + std::to_string(max_restarts_in_window)});
  if (limit.within <= limit.within.zero()) problems.push_back({"within", "must be more than 0s"});
  if (limit.within > year) problems.push_back({"within", "must be at most " + to_text(year)});
}

std::string to_string(const restart_policy& policy) {
  return std::visit(overloaded{
                        [](const immediate&) -> std::string { return "immediate"; },
                        [](const never&) -> std::string { return "never"; },
                        [](const backoff& b) {
                          return "backoff " + to_text(b.initial) + " x" + shortest(b.multiplier) + " up to " + to_text(b.cap) +
                                 (b.jitter == jitter::full ? ", full jitter" : ", no jitter");
                        },
                    },
                    policy);
}

std::string to_string(const restart_limit& limit) { return "at most " + std::to_string(limit.restarts) + " in " + to_text(limit.within); }

std::optional<nanoseconds> next_delay(const restart_policy& policy, std::uint32_t streak, splitmix64& random) {
  return std::visit(overloaded{
                        [](const immediate&) -> std::optional<nanoseconds> { return nanoseconds::zero(); },
                        [](const never&) -> std::optional<nanoseconds> { return std::nullopt; },
                        [&](const backoff& b) -> std::optional<nanoseconds> {
                          const nanoseconds delay = full_delay(b, streak);
                          if (b.jitter == jitter::none) return delay;
                          return nanoseconds{static_cast<nanoseconds::rep>(random.below(static_cast<std::uint64_t>(delay.count()) + 1))};
                        },
                    },
                    policy);
}

bool restart_window::count(nanoseconds now) {
  while (expired_ < times_.size() && now - times_[expired_] > limit_.within) ++expired_;
  while (times_.size() - expired_ > limit_.restarts) ++expired_;
  if (2 * expired_ > times_.size()) {
    times_.erase(times_.begin(), times_.begin() + static_cast<std::ptrdiff_t>(expired_));
    expired_ = 0;
  }
  times_.push_back(now);
  return times_.size() - expired_ <= limit_.restarts;
}

std::uint32_t restart_window::in_window(nanoseconds now) const noexcept {
  const auto counts = times_.begin() + static_cast<std::ptrdiff_t>(expired_);
  const auto first = std::partition_point(counts, times_.end(), [&](nanoseconds t) { return now - t > limit_.within; });
  return static_cast<std::uint32_t>(times_.end() - first);
}

void restart_counters::count_end(nanoseconds now, const restart_policy& policy) noexcept {
  if (started_ && healthy(policy, now - *started_)) streak_ = 0;
  started_.reset();
}

bool restart_counters::count_restart(nanoseconds now, const restart_policy& policy) {
  count_end(now, policy);
  if (streak_ < std::numeric_limits<std::uint32_t>::max()) ++streak_;
  ++lifetime_;
  return !window_ || window_->count(now);
}

} // namespace alys
