// SPDX-License-Identifier: Apache-2.0
//
// The way between plain CAF actors and a tree. The address of a slot is an ordinary caf::actor: whoever has it sends and requests, with
// the same message types, under the same mailbox bound as everybody else, and monitors it. It stays good over restarts; its end is told
// when the slot ends.
//
// A message that the slot does not accept is answered with sec::unexpected_message, one to a slot that has stopped with
// sec::request_receiver_down; refusals and failures come as sec::runtime_error with their text. What cannot be answered is a dead letter.
// And a plain CAF actor can be a child: supervise() takes a function that spawns it, and gives a handle whose address stays good over its
// restarts. Event-based, typed, blocking and detached actors are alike to it.
//
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
//
// inline caf::behavior echo() {
//   return {[](const std::string& text) { return text; }};
// }
// inline alys::foreign<caf::actor> declare(alys::supervisor_spec& root) {
//   return alys::supervise(root, "echo", [](caf::actor_system& on) { return on.spawn(echo); }, {.restart = alys::backoff{}});
// }
// ```
#pragma once

#include <alys/actors/child_options.hpp>
#include <alys/actors/ref.hpp>

#include <caf/all.hpp>

#include <functional>
#include <typeindex>

namespace alys {

class system;
class supervisor_spec;

namespace detail {
[[nodiscard]] caf::actor address_of(const process& slot);
[[nodiscard]] caf::strong_actor_ptr hosted_actor(const process& slot);
struct caf_child {
  std::function<caf::strong_actor_ptr(caf::actor_system&)> spawn;
  std::type_index handle;   // of what it spawns
  std::type_index function; // that it was made of
  std::string version;
};
[[nodiscard]] process_ptr add_caf_actor(supervisor_spec& under, std::string name, caf_child what, child_options options);
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

// A plain CAF actor that is a child of a supervisor; H is its CAF handle. Equal handles name the same slot. Thread-safe.
template <class H = caf::actor>
class foreign {
public:
  foreign() noexcept = default;
  // The address of the slot, which passes everything on to the actor that lives there, and stays good over restarts: what to give to
  // others. A request that comes while nobody lives there is answered with sec::request_receiver_down, another message is a dead letter.
  // What the actor had in its own mailbox when it died is answered by CAF if it was a request, and else lost: nobody can see it. Null
  // before the tree runs and some time after the slot has ended. Throws std::logic_error for an empty handle.
  [[nodiscard]] H address() const {
    if (!process_) detail::throw_empty_handle();
    return caf::actor_cast<H>(detail::address_of(*process_));
  }
  // The actor that lives there now; null if none does. It saves a step, and is good for this one life.
  [[nodiscard]] H current() const {
    if (!process_) detail::throw_empty_handle();
    return caf::actor_cast<H>(detail::hosted_actor(*process_));
  }
  [[nodiscard]] explicit operator bool() const noexcept { return process_ != nullptr; }
  [[nodiscard]] std::string path() const { return process_ ? process_->path() : std::string{}; }
  friend bool operator==(const foreign&, const foreign&) noexcept = default;

private:
  friend struct detail::handle_access;
  detail::process_ptr process_;
};

// Declares a plain CAF actor as a child. `spawn` is called with the tree's CAF system for each life, in the slot's turn, so it must not
// block; if it throws or gives a null handle, the start has failed. An actor that ends normally or by exit_reason::user_shutdown has
// finished; any other end is a failure of source `exit` with errc::exited, or fault::connection_lost if it lived on a node that is gone. To
// stop it, it gets an exit message with user_shutdown, and after the option stop_within one with kill. CAF cannot end a blocking actor that
// never receives: it is left behind, and reported. Options about its mailbox and its handlers are refused: it has CAF's.
//
// A reload cannot see what `spawn` has captured: where that differs between two declarations, they need different versions, such as a text
// of the settings. Then the actor is stopped in order, and the next one comes from the new function.
template <class Spawn>
  requires std::invocable<Spawn&, caf::actor_system&>
auto supervise(supervisor_spec& under, std::string name, Spawn spawn, child_options options = {}, std::string version = {}) {
  using handle_type = std::remove_cvref_t<std::invoke_result_t<Spawn&, caf::actor_system&>>;
  auto untyped = [spawn = std::move(spawn)](caf::actor_system& on) mutable { return caf::actor_cast<caf::strong_actor_ptr>(spawn(on)); };
  detail::caf_child what{std::move(untyped), typeid(handle_type), typeid(Spawn), std::move(version)};
  return detail::handle_access::make<foreign<handle_type>>(
      detail::add_caf_actor(under, std::move(name), std::move(what), std::move(options)));
}

} // namespace alys
