// SPDX-License-Identifier: Apache-2.0
//
// The way between plain CAF actors and a tree. The address of a slot is an ordinary caf::actor: whoever has it sends and requests, with
// the same message types, under the same mailbox bound as everybody else, and monitors it. It stays good over restarts; its end is told
// when the slot ends.
//
// A message that the slot does not accept is answered with sec::unexpected_message, one to a slot that has stopped with
// sec::request_receiver_down; refusals and failures come as sec::runtime_error with their text. What cannot be answered is a dead letter.
// Replies cross threads, not nodes. This header is the only one that needs CAF's: link CAF::core beside alys::actors.
//
// ```cpp
// #include <alys/actors/actor.hpp>
//
// struct count { using reply = std::uint64_t; std::uint64_t by = 1; };
// ALYS_MESSAGE(count, by)
// CAF_ALLOW_UNSAFE_MESSAGE_TYPE(count)
//
// class counter final : public alys::actor<counter> {
// public:
//   using messages = alys::accepts<count>;
//   std::uint64_t handle(const count& c) { return sum_ += c.by; }
//
// private:
//   std::uint64_t sum_ = 0;
// };
//
// inline void count_one(caf::event_based_actor* self, const alys::ref<counter>& to) {
//   self->request(alys::to_caf(to), std::chrono::seconds{1}, count{}).then([](std::uint64_t) {});
// }
// ```
#pragma once

#include <alys/actors/ref.hpp>

#include <caf/all.hpp>

namespace alys {

class system;

namespace detail {
[[nodiscard]] caf::actor address_of(const process& slot);
} // namespace detail

// The address of the slot behind a handle; a null one (`!address`) before the tree runs and some time after the slot has ended. Holding
// it keeps the memory of the slot, not the actor. Throws std::logic_error for an empty handle. Thread-safe.
template <handle Handle>
[[nodiscard]] caf::actor to_caf(const Handle& to) {
  return detail::address_of(detail::require_process(to));
}

// The CAF system that runs the tree, for plain CAF actors beside it. They end with it: it does not wait for them, except for those that
// block a thread of their own, such as a caf::blocking_actor. CAF cannot end these: whoever starts one ends it before the system goes.
// Throws std::logic_error if the tree runs on something else, such as the test kit's virtual time.
[[nodiscard]] caf::actor_system& caf_system(alys::system& of);

} // namespace alys
