// SPDX-License-Identifier: Apache-2.0
//
// The breaker's transitions.
#include <alys/actors/breaker.hpp>

#include <alys/actors/duration_text.hpp>

#include <limits>

namespace alys {

namespace {

[[nodiscard]] std::string counted(std::uint32_t number, std::string_view what) {
  return std::to_string(number) + ' ' + std::string{what} + (number == 1 ? "" : what.ends_with('s') ? "es" : "s");
}

} // namespace

void validate(const breaker& rule, problem_list& problems) {
  constexpr std::chrono::hours year{24 * 365};
  const auto check_count = [&](const char* name, std::uint32_t count) {
    if (count == 0) problems.push_back({name, "must be at least 1"});
  };
  const auto check_time = [&](const char* name, std::chrono::milliseconds time) {
    if (time <= time.zero() || time > year) problems.push_back({name, "must be more than 0s and at most " + to_text(year)});
  };
  check_count("failures", rule.failures);
  check_time("open_for", rule.open_for);
  check_count("probes", rule.probes);
  check_count("successes", rule.successes);
  check_time("healthy_after", rule.healthy_after);
}

std::string to_string(const breaker& rule) {
  return "breaker after " + counted(rule.failures, "failure") + ", open " + to_text(rule.open_for) + ", " + counted(rule.probes, "probe") +
         " at once, closed after " + counted(rule.successes, "success");
}

std::string_view to_string(breaker_state state) noexcept {
  switch (state) {
    case breaker_state::closed: return "closed";
    case breaker_state::open: return "open";
    case breaker_state::half_open: return "half-open";
  }
  return "unknown";
}

void circuit_breaker::enter(breaker_state to) noexcept {
  state_ = to;
  ++period_;
  probing_ = succeeded_ = 0;
}

void circuit_breaker::open(std::chrono::nanoseconds now) noexcept {
  enter(breaker_state::open);
  ++openings_;
  open_until_ = now + rule_.open_for;
}

std::optional<breaker_pass> circuit_breaker::admit(std::chrono::nanoseconds now) noexcept {
  if (state_ == breaker_state::open && now >= open_until_) enter(breaker_state::half_open);
  switch (state_) {
    case breaker_state::closed: return breaker_pass{period_};
    case breaker_state::open: return std::nullopt;
    case breaker_state::half_open: break;
  }
  if (probing_ >= rule_.probes) {
    if (now - last_probe_ < rule_.open_for) return std::nullopt;
    probing_ = 0;
  }
  ++probing_;
  last_probe_ = now;
  return breaker_pass{period_};
}

void circuit_breaker::succeeded(breaker_pass pass) noexcept {
  if (pass.period_ != period_) return;
  if (state_ == breaker_state::half_open) {
    if (probing_ > 0) --probing_;
    if (++succeeded_ < rule_.successes) return;
    enter(breaker_state::closed);
  }
  failures_ = 0;
}

void circuit_breaker::came_down(std::chrono::nanoseconds now) noexcept {
  if (up_since_ && now - *up_since_ >= rule_.healthy_after) failures_ = 0;
  up_since_.reset();
}

void circuit_breaker::failed(breaker_pass pass, std::chrono::nanoseconds now) noexcept {
  if (pass.period_ != period_) return;
  came_down(now);
  if (failures_ < std::numeric_limits<std::uint32_t>::max()) ++failures_;
  if (state_ == breaker_state::half_open || failures_ >= rule_.failures) open(now);
}

void circuit_breaker::reset() noexcept {
  enter(breaker_state::closed);
  failures_ = 0;
  up_since_.reset();
}

} // namespace alys
