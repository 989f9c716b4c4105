// SPDX-License-Identifier: Apache-2.0
//
// The actor that takes another one's place in a bench: it accepts the same messages, keeps them for the test to look at, and answers by
// script.
#pragma once

#include <alys/actors/actor.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>

namespace alys::testkit::detail {

using alys::detail::message_type;
using alys::detail::message_type_of;

// One message that arrived and was not taken yet.
struct arrival {
  explicit arrival(const message_type& t) noexcept : type(&t) {}
  virtual ~arrival() = default;
  const message_type* type;
};

struct no_answer {};
template <class M>
struct answer_slot {
  using type = no_answer;
};
template <request M>
struct answer_slot<M> {
  using type = promise<reply_t<M>>;
};

template <class M>
struct typed_arrival final : arrival {
  typed_arrival(M&& m, typename answer_slot<M>::type a) : arrival(message_type_of<M>), message(std::move(m)), answer(std::move(a)) {}
  M message;
  [[no_unique_address]] typename answer_slot<M>::type answer;
};

struct script {
  virtual ~script() = default;
};
template <class M>
struct typed_script final : script {
  std::function<void(const M&, const typename answer_slot<M>::type&)> run;
};

// What a stand-in and its probe share. The test and the tree run on one thread.
class stand_in_state {
public:
  template <class M>
  void arrived(M&& message, const typename answer_slot<M>::type& answer) {
    if (const auto found = scripts_.find(&message_type_of<M>); found != scripts_.end()) {
      // A script may be replaced by the next one while it runs.
      const auto script = found->second;
      static_cast<const typed_script<M>&>(*script).run(message, answer);
    } else if constexpr (answered_by_default<M>()) {
      answer.deliver();
    }
    arrivals_.push_back(std::make_unique<typed_arrival<M>>(std::move(message), answer));
  }
  template <class M>
  void set_script(std::function<void(const M&, const typename answer_slot<M>::type&)> run) {
    auto s = std::make_shared<typed_script<M>>();
    s->run = std::move(run);
    scripts_[&message_type_of<M>] = std::move(s);
  }
  template <class M>
  [[nodiscard]] std::unique_ptr<typed_arrival<M>> take() {
    const auto found = std::find_if(arrivals_.begin(), arrivals_.end(), [](const auto& a) { return a->type == &message_type_of<M>; });
    if (found == arrivals_.end()) return nullptr;
    std::unique_ptr<typed_arrival<M>> taken{static_cast<typed_arrival<M>*>(found->release())};
    arrivals_.erase(found);
    return taken;
  }
  [[nodiscard]] std::size_t count(const message_type& type) const {
    return static_cast<std::size_t>(std::count_if(arrivals_.begin(), arrivals_.end(), [&](const auto& a) { return a->type == &type; }));
  }
  [[nodiscard]] std::vector<std::string_view> waiting() const {
    std::vector<std::string_view> names;
    for (const auto& a : arrivals_) names.push_back(a->type->name());
    return names;
  }

private:
  // A request that is only acknowledged has one good answer.
  template <class M>
  [[nodiscard]] static constexpr bool answered_by_default() {
    if constexpr (request<M>) return std::is_void_v<reply_t<M>>;
    else return false;
  }
  std::map<const message_type*, std::shared_ptr<script>> scripts_;
  std::deque<std::unique_ptr<arrival>> arrivals_;
};

// One handler.
template <class Self, class M>
class stands_in_for {
public:
  auto handle(M&& message) {
    typename answer_slot<M>::type answer;
    static_cast<Self&>(*this).state().arrived(std::move(message), answer);
    if constexpr (request<M>) return answer;
  }
};

template <class A, class Messages>
class stand_in_actor;
template <class A, class... Ms>
class stand_in_actor<A, accepts<Ms...>> final : public actor<stand_in_actor<A, accepts<Ms...>>>,
                                                public stands_in_for<stand_in_actor<A, accepts<Ms...>>, Ms>... {
public:
  using messages = accepts<Ms...>;
  using stands_in_for<stand_in_actor, Ms>::handle...;
  explicit stand_in_actor(std::shared_ptr<stand_in_state> state) : state_(std::move(state)) {}
  [[nodiscard]] stand_in_state& state() const noexcept { return *state_; }

private:
  std::shared_ptr<stand_in_state> state_;
};

// Runs the tree under test: what probes need of a bench.
class driver {
public:
  virtual ~driver() = default;
  // Runs until `done`, and lets time pass for that, at most `within`; then until there is rest. True if done.
  virtual bool run_until_and_rest(const std::function<bool()>& done, std::chrono::nanoseconds within) = 0;
};

// Ends the test: throws expectation_failed.
[[noreturn]] void fail_expectation(const std::string& path, std::string_view what, std::string_view message,
                                   std::chrono::nanoseconds within, const std::vector<std::string_view>& waiting);

} // namespace alys::testkit::detail
