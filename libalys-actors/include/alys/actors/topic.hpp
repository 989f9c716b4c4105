// SPDX-License-Identifier: Apache-2.0
//
// A topic: one message for many, without knowing whom.
//
// Who publishes never waits: each subscriber gets a copy in its own mailbox, whose bound and overflow policy decide, as for any message. So
// a slow subscriber loses messages of its own, counted, and slows nobody; a mailbox that blocks turns away instead. A subscription belongs
// to the slot: it survives restarts, and ends when the actor stops. Each publisher's messages come in order.
//
// ```cpp
// struct price { int cents = 0; };
// ALYS_MESSAGE(price, cents)
// class ticker final : public alys::actor<ticker> {
// public:
//   using messages = alys::accepts<price>;
//   explicit ticker(alys::topic<price> prices) { prices.subscribe(self()); }
//   void handle(const price& p) { last_ = p.cents; }
//
// private:
//   int last_ = 0;
// };
// inline std::size_t tell_all(const alys::topic<price>& prices) { return prices.publish({.cents = 5}).delivered; }
// ```
#pragma once

#include <alys/actors/actor.hpp>

#include <string>
#include <vector>

namespace alys {

// What became of one message that was published.
struct publication {
  std::size_t delivered = 0; // subscribers whose mailbox took it
  std::size_t missed = 0;    // ... and whose did not: each a dead letter of its own
  friend bool operator==(const publication&, const publication&) = default;
};

// A topic at one instant.
struct topic_view {
  struct subscriber {
    std::string path;
    std::uint64_t delivered = 0;
    std::uint64_t missed = 0;
  };
  std::uint64_t published = 0;
  std::vector<subscriber> subscribers; // in the order of their subscriptions
};

namespace detail {

// A topic without its type.
class topic_state;
[[nodiscard]] std::shared_ptr<topic_state> make_topic();
void subscribe_to(topic_state& topic, const process_ptr& who);
void unsubscribe_from(topic_state& topic, const process& who);
publication publish_on(topic_state& topic, const message_type& type, const void* message);
[[nodiscard]] topic_view look_at(topic_state& topic);

} // namespace detail

// Copies, and what was moved from, are the same topic. Keeps no actor alive. Thread-safe.
template <message M>
class topic {
  static_assert(std::is_copy_constructible_v<M>, "alys: the messages of a topic must be copyable: each subscriber gets one");

public:
  topic() : state_(detail::make_topic()) {}
  topic(const topic&) = default;
  topic& operator=(const topic&) = default;

  // From now on `who` gets what is published. A slot is subscribed once, however often it says so: an actor may do it in its constructor.
  template <handle Handle>
  void subscribe(const Handle& who) const {
    detail::check_accepted<Handle, M>();
    (void)detail::require_process(who);
    detail::subscribe_to(*state_, detail::handle_access::process_of(who));
  }
  // Changes nothing if it was not subscribed. What has been published before still arrives.
  template <handle Handle>
  void unsubscribe(const Handle& who) const {
    detail::unsubscribe_from(*state_, detail::require_process(who));
  }
  // Sends a copy to every subscriber. Never waits. Cost: one allocation and one send a subscriber.
  publication publish(const M& what) const { return detail::publish_on(*state_, detail::message_type_of<M>, &what); }
  // For people and tests.
  [[nodiscard]] topic_view look() const { return detail::look_at(*state_); }

private:
  std::shared_ptr<detail::topic_state> state_;
};

} // namespace alys
