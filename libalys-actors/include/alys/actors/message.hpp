// SPDX-License-Identifier: Apache-2.0
//
// Messages are plain structs. ALYS_MESSAGE names a struct's fields once, and everything that must look inside a message or a config
// (printing, reading TOML, crossing to another node) is derived from that one line.
//
// A message with a member type `reply` is a request and can be asked; `using reply = void` is answered with "done". Without `reply` it
// is a notification: it can be sent, not asked. A message whose struct has `static constexpr auto priority = alys::priority::urgent`
// overtakes normal ones in the receiver's mailbox.
//
// ```cpp
// namespace bank {
// struct deposit { using reply = std::uint64_t; std::string account; std::uint64_t amount = 0; };
// struct closed  { std::string account; };
// struct halt    { using reply = void; static constexpr auto priority = alys::priority::urgent; };
// ALYS_MESSAGE(deposit, account, amount)
// ALYS_MESSAGE(closed, account)
// ALYS_MESSAGE(halt)
// }
// static_assert(alys::request<bank::deposit> && alys::notification<bank::closed>);
// ```
#pragma once

#include <alys/actors/error.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>
#include <typeinfo>

// Reflects a struct: ALYS_MESSAGE(type, field, field, ...). Use it at namespace scope after the struct. For a template write
// `template <class T> ALYS_MESSAGE(put<T>, value)`.
#define ALYS_MESSAGE(...) ALYS_DETAIL_REFLECT(__VA_ARGS__)
#define ALYS_DETAIL_REFLECT(reflected_type, ...) \
  constexpr void alys_visit(::alys::tag<reflected_type>, [[maybe_unused]] auto& object, [[maybe_unused]] auto&& visitor) { \
    ALYS_DETAIL_FOR_EACH(ALYS_DETAIL_VISIT, object, __VA_ARGS__) \
  }
#define ALYS_DETAIL_VISIT(object, field) visitor(::std::string_view{#field}, object.field);

namespace alys {

// Data messages have two priorities, each with its own bound. Order is kept per sender within one priority.
enum class priority : std::uint8_t { normal, urgent };

namespace detail {
struct ignore_field {
  constexpr void operator()(std::string_view, const auto&) const noexcept {}
};
template <class T>
struct reply_of {};
template <class T>
  requires requires { typename T::reply; }
struct reply_of<T> {
  using type = typename T::reply;
};
} // namespace detail

// Structs announced with ALYS_MESSAGE or ALYS_CONFIG.
template <class T>
concept reflected = requires(T& object) {
  alys_visit(tag<std::remove_const_t<T>>{}, object, detail::ignore_field{});
};

// Calls visitor(name, field) for every field, in the order of its announcement.
template <reflected T, class Visitor>
constexpr void visit_fields(T& object, Visitor&& visitor) {
  alys_visit(tag<std::remove_const_t<T>>{}, object, std::forward<Visitor>(visitor));
}

template <class M>
concept message = reflected<M> && std::move_constructible<M> && std::is_object_v<M>;

template <class M>
concept request = message<M> && requires {
  typename M::reply;
};

template <class M>
concept notification = message<M> && !request<M>;

// What a request is answered with.
template <request M>
using reply_t = typename detail::reply_of<M>::type;

namespace detail {

struct data_envelope;
class message_text;

// What the runtime knows of a message type; one object a type, compared by address.
struct message_type {
  std::string_view (*name)() noexcept;
  const std::type_info& (*type)() noexcept;
  alys::priority priority;
  data_envelope* (*copy)(const void* message); // a new envelope with a copy of the message; null for a type that cannot be copied
  void (*describe)(const void* message, message_text& out); // in words
};

template <message M>
[[nodiscard]] constexpr priority priority_of() noexcept {
  if constexpr (requires {
                  { M::priority } -> std::convertible_to<alys::priority>;
                })
    return M::priority;
  else return priority::normal;
}

template <message M>
data_envelope* copy_into_envelope(const void* value);
template <message M>
void describe_message(const void* value, message_text& out);

template <message M>
inline constexpr message_type message_type_of{
    []() noexcept { return type_name<M>(); },
    []() noexcept -> const std::type_info& { return typeid(M); },
    priority_of<M>(),
    []() -> data_envelope* (*)(const void*) {
      if constexpr (std::is_copy_constructible_v<M>) return &copy_into_envelope<M>;
      else return nullptr;
    }(),
    &describe_message<M>,
};

} // namespace detail

// The full name of a message type, "bank::deposit".
template <message M>
[[nodiscard]] constexpr std::string_view message_name() noexcept {
  return detail::type_name<M>();
}

} // namespace alys
