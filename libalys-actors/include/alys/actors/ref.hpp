// SPDX-License-Identifier: Apache-2.0
//
// Handles. A ref<A> names the slot that holds an A, not the A: it stays good over every restart, may be taken before the tree runs, and
// does not keep the actor alive. What the actor does not accept does not compile. A ref_to<M...> is a narrower handle to fewer messages,
// made from any handle that accepts them, so that a part need not know whose interface it uses.
//
// ```cpp
// struct lookup { using reply = int; int key = 0; };
// ALYS_MESSAGE(lookup, key)
//
// inline void warm_up(const alys::ref_to<lookup>& cache) { send(cache, lookup{.key = 1}); }
// ```
#pragma once

#include <alys/actors/detail/process.hpp>

#include <functional>

namespace alys {

// The messages that an actor handles: `using messages = alys::accepts<deposit, balance_of>;`
template <class... Ms>
struct accepts {
  template <class M>
  static constexpr bool contains = (std::is_same_v<M, Ms> || ...);
};

template <class A>
class ref;
template <class... Ms>
class ref_to;

namespace detail {
struct handle_access {
  template <class Handle>
  [[nodiscard]] static const process_ptr& process_of(const Handle& handle) noexcept {
    return handle.process_;
  }
  template <class Handle>
  [[nodiscard]] static Handle make(process_ptr p) noexcept {
    Handle handle;
    handle.process_ = std::move(p);
    return handle;
  }
};
} // namespace detail

// A handle to the slot of an actor of type A, which may be incomplete here. Empty when default-made: using an empty one throws
// std::logic_error. Equal handles name the same slot. Copying costs one atomic increment; thread-safe as a shared_ptr is.
template <class A>
class ref {
public:
  ref() noexcept = default;
  [[nodiscard]] explicit operator bool() const noexcept { return process_ != nullptr; }
  // "/root/bank/ledger"; empty for an empty handle.
  [[nodiscard]] std::string path() const { return process_ ? process_->path() : std::string{}; }
  template <class M>
  [[nodiscard]] static constexpr bool accepts() noexcept {
    return A::messages::template contains<M>;
  }
  friend bool operator==(const ref&, const ref&) noexcept = default;

private:
  friend struct detail::handle_access;
  friend struct std::hash<ref>;
  detail::process_ptr process_;
};

// A handle to whatever accepts the messages Ms.
template <class... Ms>
class ref_to {
public:
  ref_to() noexcept = default;
  template <class A>
    requires(A::messages::template contains<Ms>&&...)
  ref_to(const ref<A>& wider)
  noexcept : process_(detail::handle_access::process_of(wider)) {} // NOLINT(google-explicit-constructor)
  template <class... Others>
    requires(!std::is_same_v<ref_to, ref_to<Others...>> && (accepts<Others...>::template contains<Ms> && ...))
  ref_to(const ref_to<Others...>& wider)
  noexcept // NOLINT(google-explicit-constructor)
      : process_(detail::handle_access::process_of(wider)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return process_ != nullptr; }
  [[nodiscard]] std::string path() const { return process_ ? process_->path() : std::string{}; }
  template <class M>
  [[nodiscard]] static constexpr bool accepts() noexcept {
    return alys::accepts<Ms...>::template contains<M>;
  }
  friend bool operator==(const ref_to&, const ref_to&) noexcept = default;

private:
  friend struct detail::handle_access;
  detail::process_ptr process_;
};

namespace detail {
template <class T>
inline constexpr bool is_handle = false;
template <class A>
inline constexpr bool is_handle<ref<A>> = true;
template <class... Ms>
inline constexpr bool is_handle<ref_to<Ms...>> = true;

[[noreturn]] void throw_empty_handle();

template <class Handle>
[[nodiscard]] process& require_process(const Handle& handle) {
  const process_ptr& p = handle_access::process_of(handle);
  if (!p) throw_empty_handle();
  return *p;
}

template <class Handle, class M>
constexpr void check_accepted() {
  static_assert(reflected<M>, "alys: a message needs ALYS_MESSAGE(type, fields...)");
  if constexpr (reflected<M>)
    static_assert(Handle::template accepts<M>(), "alys: the receiver does not list this message in its 'messages'");
}
} // namespace detail

template <class T>
concept handle = detail::is_handle<T>;

// Sends without waiting for anything. What cannot be queued becomes a dead letter, counted and observable. An answer, if the message
// has one, is dropped. Thread-safe. Cost: one allocation.
template <handle Handle, class M>
void send(const Handle& to, M&& m) {
  detail::check_accepted<Handle, std::remove_cvref_t<M>>();
  if constexpr (reflected<std::remove_cvref_t<M>>)
    detail::send_envelope(detail::require_process(to), detail::make_envelope(std::forward<M>(m)));
}

// As send, but tells: errc::mailbox_full, errc::dropped or errc::stopped if the message was not queued; it is no dead letter then.
template <handle Handle, class M>
[[nodiscard]] result<void> try_send(const Handle& to, M&& m) {
  detail::check_accepted<Handle, std::remove_cvref_t<M>>();
  return detail::try_send_envelope(detail::require_process(to), detail::make_envelope(std::forward<M>(m)));
}

} // namespace alys

template <class A>
struct std::hash<alys::ref<A>> {
  [[nodiscard]] std::size_t operator()(const alys::ref<A>& r) const noexcept { return std::hash<alys::detail::process_ptr>{}(r.process_); }
};
