// SPDX-License-Identifier: Apache-2.0
//
// What travels between actors: one heap block a message, with its header and its payload, linked into the receiver's queues. The typed
// halves are filled in the sender's translation unit, so that neither side needs a CAF header.
#pragma once

#include <alys/actors/detail/message_text.hpp>
#include <alys/actors/header.hpp>
#include <alys/actors/message.hpp>
#include <alys/actors/result.hpp>

#include <memory>
#include <utility>

namespace alys::detail {

enum class envelope_kind : std::uint8_t {
  message, // data: counted against the mailbox's bound
  reply,   // control, as all that follow
  command,
  event,
  adoption,
  dismissal,
  room,
  reload,
  options,
  policy,
};

struct envelope {
  explicit envelope(envelope_kind k) noexcept : kind(k) {}
  virtual ~envelope() = default;
  envelope(const envelope&) = delete;
  envelope& operator=(const envelope&) = delete;

  envelope* next = nullptr;
  const envelope_kind kind;
};
using envelope_ptr = std::unique_ptr<envelope>;

// Which of its asks a reply answers: the asker's incarnation and its number for the ask.
struct ask_id {
  std::uint32_t incarnation = 0;
  std::uint32_t slot = 0;
  std::uint64_t number = 0;
};

struct reply_envelope : envelope {
  reply_envelope() noexcept : envelope(envelope_kind::reply) {}
  ask_id ask;
  // Null for an error; else the value and its type, which `void` replies have not.
  [[nodiscard]] virtual const void* value() const noexcept = 0;
  [[nodiscard]] virtual const std::type_info* type() const noexcept = 0;
  [[nodiscard]] virtual alys::error error() const = 0;
};
using reply_ptr = std::unique_ptr<reply_envelope>;

template <class R>
struct value_reply final : reply_envelope {
  explicit value_reply(alys::result<R>&& r) : content(std::move(r)) {}
  [[nodiscard]] const void* value() const noexcept override {
    if constexpr (std::is_void_v<R>) return nullptr;
    else return content.has_value() ? std::addressof(*content) : nullptr;
  }
  [[nodiscard]] const std::type_info* type() const noexcept override { return &typeid(R); }
  [[nodiscard]] alys::error error() const override { return content.error(); }
  alys::result<R> content;
};

// An answer from the runtime, which does not know the type that was asked for.
struct error_reply final : reply_envelope {
  explicit error_reply(alys::error e) noexcept : content(std::move(e)) {}
  [[nodiscard]] const void* value() const noexcept override { return nullptr; }
  [[nodiscard]] const std::type_info* type() const noexcept override { return nullptr; }
  [[nodiscard]] alys::error error() const override { return content; }
  alys::error content;
};

// Where replies go. Called from any thread.
class reply_port {
public:
  virtual ~reply_port() = default;
  virtual void deliver(reply_ptr reply) noexcept = 0;
  // To whoever waits for room in a mailbox: that wait is over, the message is in, or its receiver has given it its end. Told on the thread
  // that makes the room, and outside of any lock. `ticket`: the sender's own number for it.
  virtual void wait_over(std::uint64_t ticket) noexcept { (void)ticket; }
};

struct reply_address {
  std::shared_ptr<reply_port> port; // null: nobody waits for an answer
  ask_id ask;

  [[nodiscard]] explicit operator bool() const noexcept { return port != nullptr; }
  // Answers once; the address is empty afterwards.
  void answer(reply_ptr reply) noexcept {
    if (const auto to = std::exchange(port, nullptr)) {
      reply->ask = ask;
      to->deliver(std::move(reply));
    }
  }
  void answer_error(alys::error e) { answer(std::make_unique<error_reply>(std::move(e))); }
};

struct data_envelope : envelope {
  explicit data_envelope(const message_type& t) noexcept : envelope(envelope_kind::message), type(&t) {}
  // The last way out for a request that nobody has answered, such as one in the mailbox of a tree that never starts.
  ~data_envelope() override {
    if (asked()) reply.answer_error({error_kind::undelivered, errc::stopped, category::unknown, std::nullopt, {}});
  }
  [[nodiscard]] virtual void* payload() noexcept = 0;
  [[nodiscard]] bool asked() const noexcept { return static_cast<bool>(reply); }

  // What it has done to its receiver, where redelivery is on; in what would else be padding.
  std::uint8_t killed_in_a_row = 0; // incarnations, the last of which was ...
  std::uint16_t redeliveries = 0;
  std::uint32_t last_killed = 0; // ... this one
  const message_type* type;
  message_header header;
  reply_address reply;
};
using data_ptr = std::unique_ptr<data_envelope>;

template <message M>
struct message_envelope final : data_envelope {
  explicit message_envelope(M&& m) : data_envelope(message_type_of<M>), content(std::move(m)) {}
  explicit message_envelope(const M& m) : data_envelope(message_type_of<M>), content(m) {}
  [[nodiscard]] void* payload() noexcept override { return std::addressof(content); }
  M content;
};

template <message M>
data_envelope* copy_into_envelope(const void* value) {
  return new message_envelope<M>(*static_cast<const M*>(value));
}

template <class M>
[[nodiscard]] data_ptr make_envelope(M&& m) {
  return std::make_unique<message_envelope<std::remove_cvref_t<M>>>(std::forward<M>(m));
}

} // namespace alys::detail
