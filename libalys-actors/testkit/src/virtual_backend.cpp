// SPDX-License-Identifier: Apache-2.0
//
// Turns and the passing of time.
#include "virtual_backend.hpp"

#include "../../src/time_limit.hpp"

#include <algorithm>
#include <stdexcept>

namespace alys::testkit::detail {

namespace {
// A tree that has had so many turns while no time passed does not come to rest by itself.
constexpr std::uint64_t most_turns = 1'000'000;
// Looks at a tree in which nothing happens; after so many nothing will.
constexpr std::uint64_t most_idle_looks = 100'000;
// Nobody's time moves further, so that whoever adds a wait of his own to it does not overflow it.
constexpr std::chrono::nanoseconds end_of_time = std::chrono::nanoseconds::max() - alys::detail::longest_wait;
} // namespace

virtual_backend::virtual_backend(std::optional<std::uint64_t> seed_of_order) {
  if (seed_of_order) order_.emplace(*seed_of_order);
}

virtual_backend::~virtual_backend() { (void)come_back(); }

std::unique_ptr<alys::detail::executor> virtual_backend::host(std::shared_ptr<alys::detail::scheduled> what, bool) {
  return scheduler_.host(std::move(what));
}

std::chrono::nanoseconds virtual_backend::in(std::chrono::nanoseconds time) const noexcept {
  return now() + std::min(alys::detail::bounded(time), std::max(end_of_time - now(), std::chrono::nanoseconds::zero()));
}

bool virtual_backend::turn() {
  const std::size_t waiting = scheduler_.waiting();
  const std::size_t due = paused_and_due();
  if (waiting + due == 0) return false;
  const std::size_t place = order_ ? static_cast<std::size_t>(order_->below(waiting + due)) : 0;
  if (place < due) go_on(std::next(paused_.begin(), static_cast<std::ptrdiff_t>(place)));
  else run(place - due);
  return true;
}

bool virtual_backend::rest() {
  for (std::uint64_t turns = 0; turns < most_turns; ++turns) {
    if (!turn()) return true;
  }
  return false;
}

bool virtual_backend::work_until(const std::function<bool()>& done, std::chrono::nanoseconds until) {
  std::uint64_t idle_looks = 0;
  for (std::uint64_t turns = 0; !done();) {
    if (turns < most_turns && turn()) {
      ++turns;
      continue;
    }
    const bool busy = turns == most_turns; // then it is as if the time was up: nobody may wait for ever
    auto next = busy ? std::nullopt : next_event();
    if (const auto look = next_look(); !busy && look && (!next || *look < *next) && (next || ++idle_looks < most_idle_looks)) next = look;
    else if (next) idle_looks = 0;
    if (!next || *next > until) {
      if (until != std::chrono::nanoseconds::max()) scheduler_.move_to(until);
      break;
    }
    turns = *next > now() ? 0 : turns;
    scheduler_.move_to(*next);
    look_if_due();
  }
  return true;
}

bool virtual_backend::come_back() {
  coming_back_ = true; // or a handler that takes its time again and again would never be done
  while (!paused_.empty()) {
    go_on(paused_.begin());
    (void)rest();
  }
  return true;
}

// ---- looks ----

virtual_backend::timed_look::timed_look(virtual_backend& in, std::chrono::nanoseconds period, std::function<void()> look)
    : in_(in), period_(period), look_(std::move(look)), next_(in.now() + period) {
  in_.looks_.push_back(this);
}

virtual_backend::timed_look::~timed_look() { std::erase(in_.looks_, this); }

void virtual_backend::timed_look::happen(std::chrono::nanoseconds now) {
  next_ = now + period_;
  look_();
}

std::unique_ptr<alys::detail::ticker> virtual_backend::every(std::chrono::nanoseconds period, std::function<void()> look) {
  return std::make_unique<timed_look>(*this, period, std::move(look));
}

std::optional<std::chrono::nanoseconds> virtual_backend::next_look() const {
  std::optional<std::chrono::nanoseconds> next;
  for (const timed_look* l : looks_) next = next ? std::min(*next, l->next()) : l->next();
  return next;
}

void virtual_backend::look_if_due() {
  const auto due = looks_; // a look may end another
  for (timed_look* l : due) {
    if (std::find(looks_.begin(), looks_.end(), l) != looks_.end() && l->next() <= now()) l->happen(now());
  }
}

// ---- pauses ----

void virtual_backend::run(std::size_t place) {
  if (!pauses_ || coming_back_) return scheduler_.run(place);
  if (free_.empty()) free_.push_back(std::make_unique<strand>());
  auto s = std::move(free_.back());
  free_.pop_back();
  const bool ended = s->run([this, place] { scheduler_.run(place); });
  put_aside(std::move(s), ended);
}

void virtual_backend::go_on(paused_strands::iterator which) {
  auto s = std::move(which->second);
  paused_.erase(which);
  const bool ended = s->go_on();
  put_aside(std::move(s), ended);
}

void virtual_backend::put_aside(std::unique_ptr<strand> s, bool ended) {
  if (ended) free_.push_back(std::move(s));
  else paused_.emplace(paused_until_, std::move(s));
}

void virtual_backend::pause_until(std::chrono::nanoseconds when) {
  if (!strand::inside()) throw std::logic_error("alys testkit: only a handler can take its time");
  if (coming_back_) return;
  paused_until_ = when;
  strand::pause();
}

std::size_t virtual_backend::paused_and_due() const {
  return static_cast<std::size_t>(std::distance(paused_.begin(), paused_.upper_bound(now())));
}

std::optional<std::chrono::nanoseconds> virtual_backend::next_event() const {
  auto next = scheduler_.next_wake_up();
  if (!paused_.empty() && (!next || paused_.begin()->first < *next)) next = paused_.begin()->first;
  return next;
}

} // namespace alys::testkit::detail
