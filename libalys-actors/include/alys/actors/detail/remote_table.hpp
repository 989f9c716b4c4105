// SPDX-License-Identifier: Apache-2.0
//
// What a node must know of each message that an actor accepts, to take it from another node or to send it there.
#pragma once

#include <alys/actors/detail/envelope.hpp>
#include <alys/actors/detail/wire.hpp>
#include <alys/actors/ref.hpp>

#include <span>

namespace alys::detail {

struct remote_entry {
  const message_type* type;
  std::uint64_t (*shape)();
  void (*write)(wire_writer&, const void* message);
  data_ptr (*read)(wire_reader&);                           // null for bytes that are no such message
  bool (*write_reply)(wire_writer&, const reply_envelope&); // false for a value of another type
  reply_ptr (*read_reply)(wire_reader&);                    // null likewise
};
using remote_table = std::span<const remote_entry>;

template <request M>
[[nodiscard]] bool write_reply(wire_writer& to, const reply_envelope& reply) {
  using R = reply_t<M>;
  if (reply.type() == nullptr || *reply.type() != typeid(R)) return false;
  if constexpr (!std::is_void_v<R>) wire_form<R>::write(to, *static_cast<const R*>(reply.value()));
  return true;
}

template <request M>
[[nodiscard]] reply_ptr read_reply(wire_reader& from) {
  using R = reply_t<M>;
  if constexpr (std::is_void_v<R>) {
    return from.at_end() ? std::make_unique<value_reply<void>>(result<void>{}) : nullptr;
  } else {
    R value{};
    if (!wire_form<R>::read(from, value) || !from.at_end()) return nullptr;
    return std::make_unique<value_reply<R>>(result<R>{std::move(value)});
  }
}

template <message M>
[[nodiscard]] data_ptr read_message(wire_reader& from) {
  M value{};
  if (!wire_form<M>::read(from, value) || !from.at_end()) return nullptr;
  return make_envelope(std::move(value));
}

template <message M>
[[nodiscard]] constexpr remote_entry make_remote_entry() {
  static_assert(std::is_default_constructible_v<M>, "alys: a message for another node must be default constructible");
  remote_entry e{};
  e.type = &message_type_of<M>;
  e.shape = &shape_of<M>;
  e.write = [](wire_writer& to, const void* m) { wire_form<M>::write(to, *static_cast<const M*>(m)); };
  e.read = &read_message<M>;
  if constexpr (request<M>) {
    using R = reply_t<M>;
    if constexpr (!std::is_void_v<R>)
      static_assert(on_wire<R>, "alys: a message for another node has a reply whose type has no form on the wire");
    e.write_reply = &write_reply<M>;
    e.read_reply = &read_reply<M>;
  }
  return e;
}

template <class Messages>
struct remote_table_for;
template <class... Ms>
struct remote_table_for<accepts<Ms...>> {
  static inline const std::array<remote_entry, sizeof...(Ms)> entries{make_remote_entry<Ms>()...};
};

} // namespace alys::detail
