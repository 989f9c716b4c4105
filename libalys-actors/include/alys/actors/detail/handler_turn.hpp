// SPDX-License-Identifier: Apache-2.0
//
// From what a handler or hook gives to what the runtime hears: answers at once, and the turns of those that are coroutines.
#pragma once

#include <alys/actors/fault.hpp>
#include <alys/actors/task.hpp>

namespace alys::detail {

template <class T, class R>
inline constexpr bool task_of = false;
template <class T, class Kind, class R>
inline constexpr bool task_of<task<T, Kind>, R> = std::is_same_v<typename task<T, Kind>::content, R>;

template <class R>
[[nodiscard]] handler_outcome answer(data_envelope& m, result<R>&& r) {
  if (!r.has_value() && !r.error()) return answer<R>(m, refuse(errc::empty_error, "the handler returned an error that is none"));
  if (error e = r.error()) {
    if (e.failed()) return {handled_as::failed, std::move(e), nullptr};
    if (m.asked()) m.reply.answer(std::make_unique<value_reply<R>>(std::move(r)));
    return {handled_as::refused, std::move(e), nullptr};
  }
  if (m.asked()) m.reply.answer(std::make_unique<value_reply<R>>(std::move(r)));
  return {};
}

// The turn of a coroutine that handles a message.
template <class Task>
class handler_turn final : public coroutine_turn {
public:
  handler_turn(actor_host& of, Task&& body) : coroutine_turn(of, Task::is_reentrant), body_(std::move(body)) {}
  [[nodiscard]] handler_outcome end(data_envelope* m) override {
    if (ended_by_ && handed_on_) {
      cut();
      if (m->asked()) m->reply.answer_error(ended_by_);
      return {handled_as::refused, std::move(ended_by_), nullptr};
    }
    result<typename Task::content> outcome = ended_by_ ? std::move(ended_by_) : task_access::take(body_);
    cut();
    return answer(*m, std::move(outcome));
  }
  void cut() noexcept override { task_access::destroy(body_); }
  void begin() { task_access::begin(body_, *this); }

private:
  Task body_;
};

template <class Task>
[[nodiscard]] handler_outcome begin_handler(actor_host& host, data_envelope& m, Task&& body) {
  auto turn = std::make_unique<handler_turn<Task>>(host, std::move(body));
  turn->begin();
  if (turn->over()) return turn->end(&m);
  host.keep(std::move(turn));
  return {handled_as::unfinished, {}, nullptr};
}

// The turn of a hook that is a coroutine; its end is told by a promise, as that of other hooks that take their time.
template <class Task>
class hook_turn final : public coroutine_turn {
public:
  hook_turn(actor_host& of, Task&& body) : coroutine_turn(of, true), body_(std::move(body)) {}
  [[nodiscard]] handler_outcome end(data_envelope*) override {
    result<void> outcome;
    if (ended_by_) outcome = std::move(ended_by_);
    else try {
        outcome = task_access::take(body_);
      } catch (...) {
        outcome = from_exception(std::current_exception());
      }
    cut();
    done.deliver(std::move(outcome));
    return {};
  }
  void cut() noexcept override { task_access::destroy(body_); }
  void begin() { task_access::begin(body_, *this); }

  promise<void> done;

private:
  Task body_;
};

template <class Task>
[[nodiscard]] hook_outcome begin_hook(actor_host& host, Task&& body) {
  auto turn = std::make_unique<hook_turn<Task>>(host, std::move(body));
  hook_outcome how{{}, promise_access::state(turn->done)};
  turn->begin();
  if (turn->over()) (void)turn->end(nullptr);
  else host.keep(std::move(turn));
  return how;
}

} // namespace alys::detail
