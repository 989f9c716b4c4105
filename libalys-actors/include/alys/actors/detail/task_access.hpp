// SPDX-License-Identifier: Apache-2.0
//
// What turns and awaiters may do with a task.
#pragma once

#include <alys/actors/task.hpp>

namespace alys::detail {

template <class R, class Kind>
task<R, Kind> task_promise<R, Kind>::get_return_object() noexcept {
  return task<R, Kind>{std::coroutine_handle<task_promise>::from_promise(*this)};
}

struct task_access {
  // Runs its first steps for a turn that owns it.
  template <class R, class Kind>
  static void begin(const task<R, Kind>& t, coroutine_turn& turn) {
    if (!t.body_) throw std::logic_error("alys: a handler returned a task that was moved from");
    t.body_.promise().run_for(turn, nullptr, false);
    turn.go_on_with(t.body_);
    turn.run();
  }
  template <class R, class Kind>
  [[nodiscard]] static result<typename content_of<R>::type> take(const task<R, Kind>& t) {
    return t.body_.promise().take();
  }
  template <class R, class Kind>
  static void destroy(task<R, Kind>& t) noexcept {
    if (const auto body = std::exchange(t.body_, nullptr)) body.destroy();
  }

  // The awaiters.
  template <class R>
  [[nodiscard]] static auto wait(coroutine_turn& turn, pending_ask<R>& what) noexcept {
    return ask_awaiter<R, false>{turn, what};
  }
  template <class R>
  [[nodiscard]] static auto wait(coroutine_turn& turn, ask_or_return<R> what) noexcept {
    return ask_awaiter<R, true>{turn, *what.ask};
  }
  template <class R, class Kind>
  [[nodiscard]] static auto wait(coroutine_turn& turn, const task<R, Kind>& what) noexcept {
    return task_awaiter<R, Kind, false>{turn, what.body_};
  }
  template <class R, class Kind>
  [[nodiscard]] static auto wait(coroutine_turn& turn, task_or_return<R, Kind> what) noexcept {
    return task_awaiter<R, Kind, true>{turn, what.body};
  }
  [[nodiscard]] static auto wait(coroutine_turn& turn, nap what) noexcept { return nap_awaiter{turn, what}; }
  // Whatever else says itself how it is waited for.
  template <class Other>
  [[nodiscard]] static auto wait(coroutine_turn& turn, const Other& what) noexcept requires requires {
    what.wait_in(turn);
  }
  { return what.wait_in(turn); }
};

template <class R>
template <class Awaited>
auto task_state<R>::await_transform(Awaited&& what) const {
  using plain = std::remove_cvref_t<Awaited>;
  constexpr bool unnamed = is_pending_ask<plain> && !std::is_lvalue_reference_v<Awaited>;
  static_assert(!unnamed, "alys: name the ask first: auto answer = ask(...); auto r = co_await answer;");
  constexpr bool known = requires { task_access::wait(*turn_, what); };
  static_assert(known, "alys: a handler awaits asks, sleep(...), turnstiles and tasks of its own actor, nothing else");
  if constexpr (known) return task_access::wait(*turn_, what);
  else return std::suspend_never{};
}

} // namespace alys::detail
