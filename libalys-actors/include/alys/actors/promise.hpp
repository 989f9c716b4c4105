// SPDX-License-Identifier: Apache-2.0
//
// promise<R>: an answer that comes later. A handler that cannot answer yet returns a promise and keeps a copy; whoever holds the copy
// delivers, from any thread, once. Nobody waits for ever: a promise that is let go without an answer answers errc::broken_promise, and
// one that its actor still owes when the incarnation ends answers errc::restarted or errc::stopped. Each answer needs a promise of its own:
// to return one twice is a bug, and fails the handler. An error that is delivered is only an answer; to fail the actor, throw or return.
//
// ```cpp
// inline alys::promise<int> soon(int value) {
//   alys::promise<int> answer;
//   answer.deliver(value); // may also come long after the promise was returned
//   return answer;
// }
// ```
#pragma once

#include <alys/actors/detail/envelope.hpp>

#include <atomic>
#include <optional>

namespace alys {

namespace detail {

// What the runtime holds of a promise. The result and the address to send it to arrive in either order, on different threads.
class promise_state {
public:
  virtual ~promise_state() = default;
  // Answers with an error unless an answer was given; true if this was the answer.
  virtual bool abandon(error e) noexcept = 0;
  // Says whom to answer, once: takes the address, or leaves it and answers false.
  [[nodiscard]] bool bind(reply_address& to) noexcept {
    if (bound_.exchange(true, std::memory_order_relaxed)) return false;
    address_ = std::exchange(to, {});
    if (stage_.exchange(stage::bound, std::memory_order_acq_rel) == stage::answered) flush();
    return true;
  }
  [[nodiscard]] bool answered() const noexcept { return claimed_.load(std::memory_order_acquire); }

protected:
  [[nodiscard]] bool claim() noexcept { return !claimed_.exchange(true, std::memory_order_acq_rel); }
  void settle(reply_ptr reply) noexcept {
    reply_ = std::move(reply);
    if (stage_.exchange(stage::answered, std::memory_order_acq_rel) == stage::bound) flush();
  }

private:
  enum class stage : std::uint8_t { open, answered, bound };
  void flush() noexcept { address_.answer(std::move(reply_)); }

  std::atomic<stage> stage_{stage::open};
  std::atomic<bool> claimed_{false};
  std::atomic<bool> bound_{false};
  reply_address address_;
  reply_ptr reply_;
};

template <class R>
class typed_promise_state final : public promise_state {
public:
  ~typed_promise_state() override {
    if (claim())
      settle(std::make_unique<error_reply>(error{error_kind::undelivered, errc::broken_promise, category::unknown, std::nullopt, {}}));
  }
  bool deliver(result<R> r) {
    auto reply = std::make_unique<value_reply<R>>(std::move(r)); // may throw, so it comes first: what is claimed must be settled
    if (!claim()) return false;
    settle(std::move(reply));
    return true;
  }
  bool abandon(error e) noexcept override {
    if (!claim()) return false;
    settle(std::make_unique<error_reply>(std::move(e)));
    return true;
  }
};

struct promise_access;

} // namespace detail

// An answer owed. Copies, and what was moved from, share one promise; the last one to go without an answer breaks it. Thread-safe.
template <class R>
class promise {
public:
  using value_type = R;

  promise() = default;
  promise(const promise&) = default;
  promise& operator=(const promise&) = default;

  // Answers. False if it was answered before (also by the end of the incarnation that owed it): the late answer is dropped.
  bool deliver(result<R> answer) const { return state_->deliver(std::move(answer)); }
  bool deliver() const requires std::is_void_v<R> { return state_->deliver(result<void>{}); }
  [[nodiscard]] bool answered() const noexcept { return state_->answered(); }

private:
  friend struct detail::promise_access;
  std::shared_ptr<detail::typed_promise_state<R>> state_ = std::make_shared<detail::typed_promise_state<R>>();
};

namespace detail {
struct promise_access {
  template <class R>
  [[nodiscard]] static std::shared_ptr<promise_state> state(const promise<R>& p) noexcept {
    return p.state_;
  }
};
template <class T>
inline constexpr bool is_promise = false;
template <class R>
inline constexpr bool is_promise<promise<R>> = true;
} // namespace detail

} // namespace alys
