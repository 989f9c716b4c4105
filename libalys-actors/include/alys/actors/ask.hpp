// SPDX-License-Identifier: Apache-2.0
//
// Asking another actor. `ask(ref, message, deadline)` makes a pending ask; nothing is sent before `.then` says what happens with the
// answer. Exactly one of the two functions runs, later, in the asker's own turn; neither runs once the asker's incarnation has ended.
// A handler that is a coroutine writes co_await instead; see task.hpp.
//
// ```cpp
// #include <alys/actors/actor.hpp>
//
// struct price_of { using reply = int; std::string item; };
// ALYS_MESSAGE(price_of, item)
// struct buy { using reply = int; std::string item; };
// ALYS_MESSAGE(buy, item)
//
// class market final : public alys::actor<market> {
// public:
//   using messages = alys::accepts<price_of>;
//   int handle(const price_of&) { return 5; }
// };
//
// class buyer final : public alys::actor<buyer> {
// public:
//   using messages = alys::accepts<buy>;
//   using asks = alys::to<market>;
//   explicit buyer(alys::ref<market> m) : market_(std::move(m)) {}
//   alys::promise<int> handle(const buy& b) {
//     alys::promise<int> answer;
//     auto price = ask(market_, price_of{b.item}, 1s);
//     price.then([answer](int p) { answer.deliver(p); }, [answer](const alys::error& e) { answer.deliver(e); });
//     return answer;
//   }
//
// private:
//   alys::ref<market> market_;
// };
// ```
#pragma once

#include <alys/actors/detail/actor_type.hpp>
#include <alys/actors/ref.hpp>

#include <stdexcept>

namespace alys {

template <class R>
class pending_ask;

namespace detail {

template <class R>
[[nodiscard]] result<R> take_result(reply_envelope& reply) {
  if (reply.type() != nullptr && *reply.type() == typeid(R)) return std::move(static_cast<value_reply<R>&>(reply).content);
  if (error e = reply.error()) return e;
  return error{error_kind::undelivered, errc::unexpected_reply, category::unknown, std::nullopt, {}};
}

template <class R, class F>
struct typed_continuation final : continuation {
  explicit typed_continuation(F&& f) : then(std::move(f)) {}
  void resolve(reply_envelope& reply) override { then(take_result<R>(reply)); }
  void fail(error e) override { then(result<R>{std::move(e)}); }
  F then;
};

template <class R, bool errors_end>
class ask_awaiter;

// What `.or_return()` of an ask gives to co_await.
template <class R>
struct ask_or_return {
  pending_ask<R>* ask;
};

} // namespace detail

// An ask that is not sent yet; see the top of this file. Ignoring one is a warning: nothing would be sent. Not thread-safe: belongs to
// the turn that made it.
template <class R>
class [[nodiscard]] pending_ask {
public:
  pending_ask(detail::actor_host& host, detail::process_ptr to, detail::data_ptr message, std::chrono::nanoseconds deadline)
      : host_(&host), to_(std::move(to)), message_(std::move(message)), deadline_(deadline) {}

  // Sends, and calls `answered(value)` (`answered()` when R is void) or `failed(error)`. An exception from either fails the asker. Throws
  // std::logic_error if it was sent before.
  template <class Answered, class Failed>
  void then(Answered answered, Failed failed) {
    then([answered = std::move(answered), failed = std::move(failed)](result<R>&& r) mutable {
      if (!r) failed(r.error());
      else if constexpr (std::is_void_v<R>) answered();
      else answered(std::move(*r));
    });
  }

  // Sends, and calls `done(result<R>)`.
  template <class Done>
    requires std::invocable<Done&, result<R>>
  void then(Done done) { submit(std::make_unique<detail::typed_continuation<R, Done>>(std::move(done))); }

  // For co_await in a coroutine: the value of the answer; an error ends the handler, which answers its own asker with it.
  [[nodiscard]] detail::ask_or_return<R> or_return() & noexcept { return {this}; }
  template <class Self = pending_ask>
  [[nodiscard]] detail::ask_or_return<R> or_return() && noexcept {
    static_assert(!std::is_same_v<Self, pending_ask>,
                  "alys: name the ask first: auto answer = ask(...); auto r = co_await answer.or_return();");
    return {this};
  }

private:
  template <class, bool>
  friend class detail::ask_awaiter;
  void submit(std::unique_ptr<detail::continuation> then) {
    if (!message_) throw std::logic_error("alys: an ask is sent once: this one was sent before, or moved from");
    host_->submit_ask(std::move(to_), std::move(message_), deadline_, std::move(then));
  }

  detail::actor_host* host_;
  detail::process_ptr to_;
  detail::data_ptr message_;
  std::chrono::nanoseconds deadline_;
};

} // namespace alys
