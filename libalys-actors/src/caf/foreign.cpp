// SPDX-License-Identifier: Apache-2.0
#include "foreign.hpp"

#include "../runtime.hpp"
#include "caf_host.hpp"
#include "reply_message.hpp"

#include <alys/actors/detail/actor_type.hpp>
#include <alys/actors/fault.hpp>

#include <caf/error.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace alys::detail {

namespace {

[[nodiscard]] caf::error to_caf(const error& e) {
  caf::sec code = caf::sec::runtime_error;
  if (e == errc::stopped || e == errc::restarted) code = caf::sec::request_receiver_down;
  if (e == errc::not_accepted) code = caf::sec::unexpected_message;
  return caf::make_error(code, e.message());
}

// Answers a plain CAF requester.
class caf_reply_port final : public reply_port {
public:
  caf_reply_port(caf::strong_actor_ptr requester, caf::strong_actor_ptr self, caf::message_id id)
      : requester_(std::move(requester)), self_(std::move(self)), id_(id) {}
  void deliver(reply_ptr reply) noexcept override {
    caf::message content;
    if (const error e = reply->error()) content = caf::make_message(to_caf(e));
    else content = to_message(std::move(reply));
    requester_->enqueue(self_, id_.response_id(), std::move(content), nullptr);
  }

private:
  caf::strong_actor_ptr requester_;
  caf::strong_actor_ptr self_;
  caf::message_id id_;
};

[[nodiscard]] const message_type* find_type(const actor_type& receiver, const caf::type_erased_tuple& content) {
  if (content.size() != 1) return nullptr;
  const caf::rtti_pair type = content.type(0);
  if (type.second == nullptr) return nullptr;
  for (const handler_entry& h : receiver.handlers) {
    if (h.type->type() == *type.second) return h.type;
  }
  return nullptr;
}

// Passes on what is for a plain CAF actor in a foreign slot; false if `to` is no such slot.
[[nodiscard]] bool passed_on(scheduled& to, caf::actor_control_block* self, caf::mailbox_element_ptr& what) {
  if (to.type() != nullptr) return false;
  caf_host* host = caf_host_in(to);
  if (host == nullptr) return false;
  auto& slot = static_cast<foreign_slot&>(to);
  if (!slot.shut() && host->pass_on(what)) return true;
  const bool asked = what->mid.is_request() && what->sender;
  slot.turned_away("(a message for a plain CAF actor)", asked);
  if (asked) {
    const caf::strong_actor_ptr me{self};
    const std::string why = to.path() + (slot.shut() ? ": its breaker is open" : ": no actor lives there now");
    auto none = caf::make_message(caf::make_error(caf::sec::request_receiver_down, why));
    what->sender->enqueue(me, what->mid.response_id(), std::move(none), nullptr);
  }
  return true;
}

} // namespace

void take_foreign(scheduled& to, caf::actor_control_block* self, caf::mailbox_element_ptr what) {
  if (what->mid.is_response()) return; // slots ask by their own means, so nobody waits for this
  if (passed_on(to, self, what)) return;
  const message_type* type = to.type() != nullptr ? find_type(*to.type(), what->content()) : nullptr;
  reply_address asker;
  if (what->mid.is_request() && what->sender) {
    caf::strong_actor_ptr me{self};
    asker.port = std::make_shared<caf_reply_port>(what->sender, std::move(me), what->mid);
  }
  if (type == nullptr || type->copy == nullptr) {
    if (asker) asker.answer_error({error_kind::undelivered, errc::not_accepted, category::unknown, std::nullopt, to.path()});
    else to.refuse_foreign();
    return;
  }
  data_ptr message;
  try {
    message.reset(type->copy(what->content().get(0)));
  } catch (...) { // it must not fly into the sender's face
    const error why = from_exception(std::current_exception());
    if (asker) asker.answer_error({error_kind::undelivered, errc::not_accepted, why.category(), why.severity(), why.message()});
    else to.refuse_foreign();
    return;
  }
  message->reply = std::move(asker);
  switch (const admission got = to.push_from_outside(message)) {
    case admission::queued: break;
    case admission::blocked: to.wait_for_room(std::move(message)); break; // only a thread that CAF did not start does wait
    default: to.bounce(std::move(message), got);
  }
}

} // namespace alys::detail
