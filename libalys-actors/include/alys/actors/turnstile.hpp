// SPDX-License-Identifier: Apache-2.0
//
// turnstile: lets the reentrant handlers of one actor through one at a time, in the order in which they came. For the part of a handler
// that must not overlap with another one, while the rest of the actor goes on answering.
//
// ```cpp
// #include <alys/actors/actor.hpp>
//
// struct write_down { using reply = int; std::string line; };
// ALYS_MESSAGE(write_down, line)
//
// class scribe final : public alys::actor<scribe> {
// public:
//   using messages = alys::accepts<write_down>;
//   alys::task<int, alys::reentrant> handle(const write_down& w) {
//     const auto alone = co_await pen_.enter(); // until it goes out of scope
//     co_await sleep(10ms);
//     co_return static_cast<int>(w.line.size());
//   }
//
// private:
//   alys::turnstile pen_;
// };
// ```
#pragma once

#include <alys/actors/task.hpp>

#include <deque>

namespace alys {

namespace detail {
class turnstile_awaiter;
struct turnstile_entry;
} // namespace detail

// A member of an actor, and used by its own handlers only. Waiting costs no turn. A frame that is destroyed while it waits leaves the line.
class turnstile {
public:
  // Whoever is through holds one of these; the next may pass when it is gone.
  class [[nodiscard]] passage {
  public:
    passage(passage&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    passage& operator=(passage&& other) noexcept {
      std::swap(of_, other.of_);
      return *this;
    }
    ~passage() {
      if (of_ != nullptr) of_->leave();
    }

  private:
    friend class detail::turnstile_awaiter;
    explicit passage(turnstile& of) noexcept : of_(&of) {}
    turnstile* of_;
  };

  turnstile() = default;
  turnstile(const turnstile&) = delete;
  turnstile& operator=(const turnstile&) = delete;

  // For co_await: gives a passage when everybody who came before is gone.
  [[nodiscard]] detail::turnstile_entry enter() noexcept;
  // How many wait, without the one that is through.
  [[nodiscard]] std::size_t waiting() const noexcept { return line_.size(); }
  [[nodiscard]] bool taken() const noexcept { return taken_; }

private:
  friend class detail::turnstile_awaiter;
  void leave() noexcept;

  std::deque<detail::turnstile_awaiter*> line_;
  detail::actor_host* host_ = nullptr; // once somebody has waited
  bool taken_ = false;
};

namespace detail {

class turnstile_awaiter {
public:
  turnstile_awaiter(coroutine_turn& turn, turnstile& of) noexcept : turn_(&turn), of_(&of) {}
  turnstile_awaiter(const turnstile_awaiter&) = delete;
  turnstile_awaiter& operator=(const turnstile_awaiter&) = delete;
  ~turnstile_awaiter() {
    if (waits_) std::erase(of_->line_, this);
  }
  [[nodiscard]] bool await_ready() noexcept { return !std::exchange(of_->taken_, true); }
  void await_suspend(std::coroutine_handle<> here) {
    of_->host_ = turn_->host;
    of_->line_.push_back(this);
    waits_ = true;
    here_ = here;
  }
  [[nodiscard]] turnstile::passage await_resume() noexcept { return turnstile::passage{*of_}; }

private:
  friend class alys::turnstile;
  coroutine_turn* turn_;
  turnstile* of_;
  std::coroutine_handle<> here_;
  bool waits_ = false;
};

struct turnstile_entry {
  [[nodiscard]] turnstile_awaiter wait_in(coroutine_turn& turn) const noexcept { return {turn, *of}; }
  turnstile* of;
};

} // namespace detail

inline detail::turnstile_entry turnstile::enter() noexcept { return {this}; }

// Whoever goes does not run the next one itself: that one has a turn of its own, right after this.
inline void turnstile::leave() noexcept {
  taken_ = !line_.empty();
  if (!taken_) return;
  detail::turnstile_awaiter& next = *line_.front();
  line_.pop_front();
  next.waits_ = false;
  host_->wake_after({}, std::make_unique<detail::wake_up>(*next.turn_, next.here_));
}

} // namespace alys
