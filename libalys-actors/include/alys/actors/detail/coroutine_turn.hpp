// SPDX-License-Identifier: Apache-2.0
//
// One handler or hook that is a coroutine, from its first step to its answer: what the runtime holds of it. The turn owns the frame and,
// once the coroutine has waited for the first time, the message that it handles.
#pragma once

#include <alys/actors/detail/actor_type.hpp>

#include <coroutine>

namespace alys::detail {

class coroutine_turn {
public:
  // A reentrant turn lets other messages in while it waits.
  coroutine_turn(actor_host& of, bool is_reentrant) noexcept : host(&of), reentrant(is_reentrant) {}
  virtual ~coroutine_turn() = default;
  coroutine_turn(const coroutine_turn&) = delete;
  coroutine_turn& operator=(const coroutine_turn&) = delete;

  // Runs until the coroutine waits or is over. One frame never resumes another from within: each only says who is next. So neither deep
  // nesting nor a long loop costs stack, and no frame is destroyed while it runs.
  void run() {
    while (const auto now = std::exchange(next_, nullptr)) now.resume();
  }
  void go_on_with(std::coroutine_handle<> at) noexcept { next_ = at; }
  // The body has come to its end, ...
  void body_ended() noexcept { over_ = true; }
  // ... or an error ended it where it waits: one that it met elsewhere and hands on, or its own.
  void ended_by(error e, bool of_somebody_else) noexcept {
    over_ = true;
    ended_by_ = std::move(e);
    handed_on_ = of_somebody_else;
  }
  [[nodiscard]] bool over() const noexcept { return over_; }

  // Once it is over: destroys the frame, then answers. Throws what the body threw.
  [[nodiscard]] virtual handler_outcome end(data_envelope* message) = 0;
  // Destroys the frame wherever it stands.
  virtual void cut() noexcept = 0;

  [[nodiscard]] message_header& header() noexcept { return message ? message->header : own_header_; }

  actor_host* const host;
  const bool reentrant;
  bool of_timer = false;
  bool stashed = false; // its message goes to the stash when it is over
  data_ptr message;     // none: a hook
  coroutine_turn* previous = nullptr;
  std::unique_ptr<coroutine_turn> next;

protected:
  error ended_by_;
  bool handed_on_ = false;

private:
  bool over_ = false;
  std::coroutine_handle<> next_;
  message_header own_header_;
};

} // namespace alys::detail
