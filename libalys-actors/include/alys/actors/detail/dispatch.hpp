// SPDX-License-Identifier: Apache-2.0
//
// Builds the table of an actor class: one entry a message, one pointer a hook. A mistake in the class ends in one static_assert that
// says what to write.
#pragma once

#include <alys/actors/actor.hpp>
#include <alys/actors/detail/handler_turn.hpp>
#include <alys/actors/detail/same_config.hpp>

#include <array>

namespace alys {

namespace detail {

// Converts to M and to nothing else, so that only a handler for exactly M matches.
template <class M>
struct exactly {
  operator M&&() const; // NOLINT(google-explicit-constructor)
};

} // namespace detail

struct access {
  [[nodiscard]] static detail::actor_host& host(const actor_base& of) noexcept { return of.host(); }
  template <class A, class M>
  [[nodiscard]] static constexpr bool handles() noexcept {
    return requires(A & a) { a.handle(detail::exactly<M>{}); };
  }
  template <class A, class M>
  static decltype(auto) handle(A& a, M& m) {
    return a.handle(std::move(m));
  }
  // Whether the handler that a message goes to takes it by const reference.
  template <class A, class M>
  [[nodiscard]] static constexpr bool keeps() noexcept {
    using returned = decltype(std::declval<A&>().handle(detail::exactly<M>{}));
    constexpr bool moves = requires { static_cast<returned (A::*)(M &&)>(&A::handle); };
    constexpr bool looks = requires { static_cast<returned (A::*)(const M&)>(&A::handle); }
    || requires { static_cast<returned (A::*)(const M&) const>(&A::handle); };
    return looks && !moves;
  }
#define ALYS_DETAIL_HOOK(name) \
  template <class A> \
  [[nodiscard]] static constexpr bool has_##name() noexcept { \
    return requires(A & a) { a.name(); }; \
  } \
  template <class A> \
  static decltype(auto) name(A& a) { \
    return a.name(); \
  }
  ALYS_DETAIL_HOOK(initialize)
  ALYS_DETAIL_HOOK(started)
  ALYS_DETAIL_HOOK(stopping)
  ALYS_DETAIL_HOOK(stopped)
  ALYS_DETAIL_HOOK(health)
#undef ALYS_DETAIL_HOOK
  template <class A>
  [[nodiscard]] static constexpr bool has_prepare() noexcept {
    return requires(A & a, const typename A::config_type& next) { a.prepare(next); };
  }
  template <class A, class Config>
  static auto prepare(A& a, const Config& next) {
    return a.prepare(next);
  }
  template <class A, class... Plan>
  [[nodiscard]] static constexpr bool has_apply() noexcept {
    return requires(A & a, Plan... plan) { a.apply(std::move(plan)...); };
  }
  template <class A, class... Plan>
  [[nodiscard]] static constexpr bool applies_without_throwing() noexcept {
    return requires(A & a, Plan... plan) {
      { a.apply(std::move(plan)...) }
      noexcept;
    };
  }
  template <class A, class... Plan>
  static void apply(A& a, Plan&&... plan) noexcept {
    a.apply(std::move(plan)...);
  }
  static void take_config(actor_base& a, std::shared_ptr<const void> next) noexcept { a.config_ = std::move(next); }
  template <class A>
  [[nodiscard]] static constexpr bool misspells_a_hook() noexcept {
    return requires(A & a) { a.init(); }
    || requires(A & a) { a.initialise(); }
    || requires(A & a) { a.start(); }
    || requires(A & a) { a.stop(); };
  }
};

namespace detail {

template <class M>
struct reply_or_void {
  using type = void;
};
template <request M>
struct reply_or_void<M> {
  using type = reply_t<M>;
};

template <class A, class M>
[[nodiscard]] handler_outcome invoke_handler(actor_base& base, data_envelope& m) {
  using expected = typename reply_or_void<M>::type;
  auto& self = static_cast<A&>(base);
  auto& content = *static_cast<M*>(m.payload());
  using returned = std::remove_cvref_t<decltype(access::handle(self, content))>;
  constexpr bool fits = std::is_same_v<returned, expected> || std::is_same_v<returned, result<expected>> ||
                        std::is_same_v<returned, promise<expected>> || task_of<returned, expected>;
  static_assert(fits, "alys: handle() returns the wrong type: expected M::reply, or alys::result, alys::promise or alys::task of M::reply");
  if constexpr (!fits) return {};
  else if constexpr (std::is_void_v<returned>) {
    access::handle(self, content);
    return answer(m, result<void>{});
  } else if constexpr (is_promise<returned>) {
    auto state = promise_access::state(access::handle(self, content));
    if (!state->bind(m.reply)) throw_bound_twice();
    return {handled_as::deferred, {}, std::move(state)};
  } else if constexpr (is_task<returned>) {
    return begin_handler(access::host(base), m, access::handle(self, content));
  } else {
    return answer<expected>(m, access::handle(self, content));
  }
}

template <class Returned>
inline constexpr bool fits_hook = std::is_void_v<Returned> || std::is_same_v<Returned, result<void>> ||
                                  std::is_same_v<Returned, promise<void>> || task_of<Returned, void>;

template <bool may_take_longer, class Call>
[[nodiscard]] hook_outcome run_hook([[maybe_unused]] actor_base& of, Call call) {
  using returned = std::remove_cvref_t<decltype(call())>;
  static_assert(fits_hook<returned>, "alys: a hook returns void, or alys::result, alys::promise or alys::task of void");
  static_assert(may_take_longer || !(is_promise<returned> || is_task<returned>),
                "alys: only initialize() and stopping() may return a promise or a task");
  if constexpr (std::is_void_v<returned>) {
    call();
    return {};
  } else if constexpr (is_promise<returned>) {
    return {{}, promise_access::state(call())};
  } else if constexpr (is_task<returned>) {
    return begin_hook(access::host(of), call());
  } else {
    return {call().error(), nullptr};
  }
}

template <class P>
struct typed_plan final : prepared_plan {
  explicit typed_plan(P&& p) : plan(std::move(p)) {}
  P plan;
};

template <class A, class P>
void set_reload_hooks(actor_type& type) noexcept {
  using config = typename A::config_type;
  if constexpr (std::is_void_v<P>) {
    type.prepare = [](actor_base& a, const void* next) {
      return prepare_outcome{access::prepare(static_cast<A&>(a), *static_cast<const config*>(next)).error(),
                             std::make_unique<prepared_plan>()};
    };
    constexpr bool applies = access::has_apply<A>();
    static_assert(!applies || access::applies_without_throwing<A>(), "alys: apply() must be noexcept: when one applies, all have agreed");
    type.apply = [](actor_base& a, prepared_plan&, std::shared_ptr<const void> next) noexcept {
      access::take_config(a, std::move(next));
      if constexpr (applies) access::apply(static_cast<A&>(a));
    };
  } else {
    constexpr bool applies = access::has_apply<A, P>();
    static_assert(applies, "alys: prepare() returns alys::result<P>, but there is no apply(P)");
    static_assert(!applies || access::applies_without_throwing<A, P>(),
                  "alys: apply() must be noexcept: when one applies, all have agreed");
    type.prepare = [](actor_base& a, const void* next) {
      auto made = access::prepare(static_cast<A&>(a), *static_cast<const config*>(next));
      if (!made) return prepare_outcome{made.error(), nullptr};
      return prepare_outcome{{}, std::make_unique<typed_plan<P>>(std::move(*made))};
    };
    type.apply = [](actor_base& a, prepared_plan& made, std::shared_ptr<const void> next) noexcept {
      access::take_config(a, std::move(next));
      if constexpr (applies) access::apply(static_cast<A&>(a), std::move(static_cast<typed_plan<P>&>(made).plan));
      else (void)made;
    };
  }
}

template <class A>
void set_reload_hooks(actor_type& type) noexcept {
  using config = typename A::config_type;
  type.same_config = [](const void* a, const void* b) {
    return same_config(*static_cast<const config*>(a), *static_cast<const config*>(b));
  };
  if constexpr (access::has_prepare<A>()) {
    using returned = decltype(access::prepare(std::declval<A&>(), std::declval<const config&>()));
    static_assert(is_result<returned>,
                  "alys: prepare(const Config& next) returns alys::result<void> or alys::result<P>, P being what apply() gets");
    if constexpr (is_result<returned>) set_reload_hooks<A, typename returned::value_type>(type);
  }
}

template <class A, class M>
[[nodiscard]] constexpr handler_entry make_handler() {
  static_assert(reflected<M>, "alys: 'messages' lists a type without ALYS_MESSAGE(type, fields...)");
  static_assert(access::handles<A, M>(),
                "alys: no handle(const M&) for a message that this actor lists in 'messages' (private? add 'friend alys::access;')");
  if constexpr (reflected<M> && access::handles<A, M>()) return {&message_type_of<M>, &invoke_handler<A, M>, access::keeps<A, M>()};
  else return {};
}

template <class A, class Messages>
struct handler_table;
template <class A, class... Ms>
struct handler_table<A, accepts<Ms...>> {
  static constexpr std::array<handler_entry, sizeof...(Ms)> entries{make_handler<A, Ms>()...};
};

template <class A>
[[nodiscard]] const actor_type& actor_type_of() noexcept;

template <class Target>
[[nodiscard]] constexpr ask_edge make_edge() noexcept {
  if constexpr (message<Target>) return {nullptr, &message_type_of<Target>};
  else return {&actor_type_of<Target>, nullptr};
}

template <class Asks>
struct edge_table {
  static constexpr std::array<ask_edge, 0> entries{};
};
template <class... Targets>
struct edge_table<to<Targets...>> {
  static constexpr std::array<ask_edge, sizeof...(Targets)> entries{make_edge<Targets>()...};
};

template <class A>
[[nodiscard]] constexpr std::span<const ask_edge> edges_of() noexcept {
  if constexpr (requires { typename A::asks; }) return edge_table<typename A::asks>::entries;
  else return {};
}

template <class A>
[[nodiscard]] actor_type make_actor_type() noexcept {
  static_assert(std::is_final_v<A>, "alys: an actor class must be final");
  static_assert(!access::misspells_a_hook<A>(), "alys: hooks are called initialize(), started(), stopping(), stopped() and health()");
  static constexpr char identity = 0;
  actor_type type;
  type.identity = &identity;
  type.name = type_name<A>();
  type.handlers = handler_table<A, typename A::messages>::entries;
  type.asks = edges_of<A>();
  if constexpr (access::has_initialize<A>())
    type.initialize = [](actor_base& a) {
      return run_hook<true>(a, [&]() -> decltype(auto) { return access::initialize(static_cast<A&>(a)); });
    };
  if constexpr (access::has_started<A>())
    type.started = [](actor_base& a) {
      return run_hook<false>(a, [&]() -> decltype(auto) { return access::started(static_cast<A&>(a)); });
    };
  if constexpr (access::has_stopping<A>())
    type.stopping = [](actor_base& a) {
      return run_hook<true>(a, [&]() -> decltype(auto) { return access::stopping(static_cast<A&>(a)); });
    };
  if constexpr (access::has_stopped<A>())
    type.stopped = [](actor_base& a) {
      return run_hook<false>(a, [&]() -> decltype(auto) { return access::stopped(static_cast<A&>(a)); });
    };
  set_reload_hooks<A>(type);
  if constexpr (access::has_health<A>()) type.health = [](actor_base& a) { return health_report{access::health(static_cast<A&>(a))}; };
  return type;
}

template <class A>
[[nodiscard]] const actor_type& actor_type_of() noexcept {
  static const actor_type type = make_actor_type<A>();
  return type;
}

} // namespace detail
} // namespace alys
