// SPDX-License-Identifier: Apache-2.0
//
// A probe stands in for an actor that the one under test talks to. It accepts the messages of the class that it replaces, whatever that
// does; the test says what it answers, and looks at what came. Made by bench::stand_in<A>().
//
// A request that is only acknowledged (`using reply = void`) is acknowledged at once, unless a script says otherwise. Every other request
// stays open until the test takes it: asked<M>() answers it by hand, expect<M>() lets it go, which its asker sees as errc::broken_promise.
//
// ```cpp
// struct price_of { using reply = int; std::string item; };
// struct sold { std::string item; };
// ALYS_MESSAGE(price_of, item)
// ALYS_MESSAGE(sold, item)
//
// class market final : public alys::actor<market> {
// public:
//   using messages = alys::accepts<price_of, sold>;
//   int handle(const price_of&) { return 1; }
//   void handle(const sold&) {}
// };
//
// inline bool one_sale(alys::testkit::probe<market> m) {
//   m.answers<price_of>([](const price_of& p) { return p.item == "tea" ? 5 : 3; });
//   const sold s = m.within(2s).expect<sold>();
//   m.none<sold>();
//   return s.item == "tea";
// }
// ```
#pragma once

#include <alys/testkit/detail/stand_in_actor.hpp>

namespace alys::testkit {

class bench;

// Thrown when something that a test waited for did not come, or something came that should not have: no test goes on after it.
class expectation_failed final : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

// A request that waits for the test's answer. If it is let go without one, the asker sees errc::broken_promise.
template <request M>
class question {
public:
  question(M message, promise<reply_t<M>> answer) : message_(std::move(message)), answer_(std::move(answer)) {}
  [[nodiscard]] const M& message() const noexcept { return message_; }
  // Answers: with a value, a refusal or any other error. The asker hears of it when the tree runs next.
  void answer(result<reply_t<M>> given) const { answer_.deliver(std::move(given)); }
  void answer() const requires std::is_void_v<reply_t<M>> { answer_.deliver(); }

private:
  M message_;
  promise<reply_t<M>> answer_;
};

// Copies, and what was moved from, look at the same stand-in. Good while its bench lives.
template <class A>
class probe {
public:
  probe(const probe&) = default;
  probe& operator=(const probe&) = default;

  // The handle to give to the actor under test.
  [[nodiscard]] const ref<A>& get() const noexcept { return handle_; }

  // The same probe with patience: what it expects may take up to `time`, and what it must not see must not come in that time. Without
  // it, no time passes: what happens at this instant counts.
  [[nodiscard]] probe within(std::chrono::nanoseconds time) const {
    probe patient = *this;
    patient.patience_ = time;
    return patient;
  }

  // Takes the oldest message of this type that was not taken yet, after waiting for it. Throws expectation_failed if there is none.
  template <class M>
  M expect() const {
    return std::move(take<M>()->message);
  }
  // The same for a request, together with the right to answer it.
  template <request M>
  [[nodiscard]] question<M> asked() const {
    auto taken = take<M>();
    return {std::move(taken->message), std::move(taken->answer)};
  }
  // Throws expectation_failed if there is a message of this type that was not taken, or one comes.
  template <class M>
  void none() const {
    check<M>();
    if (driver_->run_until_and_rest([this] { return state_->count(detail::message_type_of<M>) > 0; }, patience_))
      detail::fail_expectation(handle_.path(), "expected none of", message_name<M>(), patience_, state_->waiting());
  }
  // How many of this type came and were not taken. Runs nothing.
  template <class M>
  [[nodiscard]] std::size_t count() const {
    check<M>();
    return state_->count(detail::message_type_of<M>);
  }
  // The types of all that came and were not taken, in the order of their coming. Runs nothing.
  [[nodiscard]] std::vector<std::string_view> waiting() const { return state_->waiting(); }

  // From now on `answer(message)` answers: with the reply or an alys::result of it, whose errors reach the asker as they are. What it
  // throws fails the stand-in. Messages are kept for expect() as well.
  template <request M, class F>
  void answers(F answer) const {
    check<M>();
    state_->template set_script<M>([answer = std::move(answer)](const M& message, const promise<reply_t<M>>& reply) mutable {
      using given = std::remove_cvref_t<decltype(answer(message))>;
      if constexpr (std::is_void_v<given>) {
        answer(message);
        reply.deliver();
      } else {
        reply.deliver(answer(message));
      }
    });
  }
  // From now on requests of this type stay open, also those that are only acknowledged.
  template <request M>
  void holds() const {
    check<M>();
    state_->template set_script<M>([](const M&, const promise<reply_t<M>>&) {});
  }

private:
  friend class bench;
  probe(std::shared_ptr<detail::driver> driver, std::shared_ptr<detail::stand_in_state> state, ref<A> handle)
      : driver_(std::move(driver)), state_(std::move(state)), handle_(std::move(handle)) {}

  template <class M>
  static constexpr void check() {
    static_assert(A::messages::template contains<M>, "alys: the actor that this probe stands in for does not accept this message");
  }
  template <class M>
  [[nodiscard]] std::unique_ptr<detail::typed_arrival<M>> take() const {
    check<M>();
    driver_->run_until_and_rest([this] { return state_->count(detail::message_type_of<M>) > 0; }, patience_);
    auto taken = state_->template take<M>();
    if (!taken) detail::fail_expectation(handle_.path(), "expected", message_name<M>(), patience_, state_->waiting());
    return taken;
  }

  std::shared_ptr<detail::driver> driver_;
  std::shared_ptr<detail::stand_in_state> state_;
  ref<A> handle_;
  std::chrono::nanoseconds patience_{0};
};

} // namespace alys::testkit
