// SPDX-License-Identifier: Apache-2.0
//
// What the compiler needs to know of a task: its promise, and what each co_await does. Coroutines say who goes on; their turn does it.
#pragma once

#include <alys/actors/ask.hpp>
#include <alys/actors/detail/coroutine_turn.hpp>

#include <exception>
#include <optional>

namespace alys {

struct exclusive;
struct reentrant;
template <class R, class Kind = exclusive>
class task;

namespace detail {

struct task_access;

template <class R>
struct content_of {
  using type = R;
};
template <class R>
struct content_of<result<R>> {
  using type = R;
};

template <class T>
inline constexpr bool is_task = false;
template <class R, class Kind>
inline constexpr bool is_task<task<R, Kind>> = true;

// What a co_await of something that may fail gives: with `errors_end`, the value.
template <class R, bool errors_end>
[[nodiscard]] auto awaited(result<R>&& r) {
  if constexpr (!errors_end) return std::move(r);
  else if constexpr (!std::is_void_v<R>) return std::move(*r);
}

// ---- asks and naps ----

// Runs a turn on from where it waits.
class resumption : public continuation {
public:
  resumption(coroutine_turn& turn, std::coroutine_handle<> at) noexcept : turn_(&turn), at_(at) {}
  [[nodiscard]] coroutine_turn* resumes() const noexcept final { return turn_; }

protected:
  coroutine_turn* turn_;
  std::coroutine_handle<> at_;
};

class wake_up final : public resumption {
public:
  using resumption::resumption;
  void resolve(reply_envelope&) override { turn_->go_on_with(at_); }
  void fail(error) override { turn_->go_on_with(at_); }
};

template <class R, bool errors_end>
class ask_awaiter {
public:
  ask_awaiter(coroutine_turn& turn, pending_ask<R>& what) noexcept : turn_(&turn), what_(&what) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> here) { what_->submit(std::make_unique<arrival>(*turn_, here, answer_)); }
  auto await_resume() { return awaited<R, errors_end>(std::move(*answer_)); }

private:
  class arrival final : public resumption {
  public:
    arrival(coroutine_turn& turn, std::coroutine_handle<> at, std::optional<result<R>>& to) noexcept : resumption(turn, at), to_(&to) {}
    void resolve(reply_envelope& reply) override { arrive(take_result<R>(reply)); }
    void fail(error e) override { arrive(std::move(e)); }

  private:
    void arrive(result<R>&& answer) {
      if (errors_end && !answer) return turn_->ended_by(answer.error(), true);
      to_->emplace(std::move(answer));
      turn_->go_on_with(at_);
    }
    std::optional<result<R>>* to_;
  };

  coroutine_turn* turn_;
  pending_ask<R>* what_;
  std::optional<result<R>> answer_;
};

class nap_awaiter {
public:
  nap_awaiter(coroutine_turn& turn, nap what) noexcept : turn_(&turn), what_(what) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> here) { what_.host->wake_after(what_.time, std::make_unique<wake_up>(*turn_, here)); }
  void await_resume() const noexcept {}

private:
  coroutine_turn* turn_;
  nap what_;
};

// ---- the promise of a task ----

struct last_step {
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> here) const noexcept {
    here.promise().body_ended();
  }
  void await_resume() const noexcept {}
};

template <class R>
class task_state {
public:
  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] last_step final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { thrown_ = std::current_exception(); }

  template <class Awaited>
  [[nodiscard]] auto await_transform(Awaited&& what) const;

  // Runs for this turn; when it is over, `parent` goes on, if there is one.
  void run_for(coroutine_turn& turn, std::coroutine_handle<> parent, bool errors_end) {
    if (turn_ != nullptr) throw std::logic_error("alys: a task is awaited once");
    turn_ = &turn;
    parent_ = parent;
    errors_end_ = errors_end;
  }
  void body_ended() noexcept {
    if (!parent_) return turn_->body_ended();
    if (errors_end_ && !thrown_ && !content_->has_value()) return turn_->ended_by(content_->error(), false);
    turn_->go_on_with(parent_);
  }
  [[nodiscard]] result<R> take() {
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
    return std::move(*content_);
  }

protected:
  std::optional<result<R>> content_;

private:
  coroutine_turn* turn_ = nullptr;
  std::coroutine_handle<> parent_;
  bool errors_end_ = false;
  std::exception_ptr thrown_;
};

// A body ends either with values or without: the language has no third way.
template <class R>
class task_promise_base : public task_state<typename content_of<R>::type> {
public:
  void return_value(result<typename content_of<R>::type> r) { this->content_.emplace(std::move(r)); }
};
template <>
class task_promise_base<void> : public task_state<void> {
public:
  void return_void() { content_.emplace(); }
};

template <class R, class Kind>
class task_promise final : public task_promise_base<R> {
public:
  [[nodiscard]] task<R, Kind> get_return_object() noexcept;
};

template <class R, class Kind, bool errors_end>
class task_awaiter {
public:
  task_awaiter(coroutine_turn& turn, std::coroutine_handle<task_promise<R, Kind>> body) noexcept : turn_(&turn), body_(body) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> here) {
    if (!body_) throw std::logic_error("alys: a task that was moved from was awaited");
    body_.promise().run_for(*turn_, here, errors_end);
    turn_->go_on_with(body_);
  }
  auto await_resume() { return awaited<typename content_of<R>::type, errors_end>(body_.promise().take()); }

private:
  coroutine_turn* turn_;
  std::coroutine_handle<task_promise<R, Kind>> body_;
};

// What `.or_return()` of a task gives to co_await.
template <class R, class Kind>
struct task_or_return {
  std::coroutine_handle<task_promise<R, Kind>> body;
};

template <class T>
inline constexpr bool is_pending_ask = false;
template <class R>
inline constexpr bool is_pending_ask<pending_ask<R>> = true;

} // namespace detail

} // namespace alys
