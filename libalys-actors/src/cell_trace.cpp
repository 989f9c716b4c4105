// SPDX-License-Identifier: Apache-2.0
//
// The spans that a cell makes: of the messages that it handles, and of the beginnings of its lives. Whatever a turn sends belongs to the
// span whose id stands in the header of the message in hand, so that answers, coroutines and timers need no book-keeping of their own.
#include "cell.hpp"

namespace alys::detail {

// A span of this slot within `trace`, which is its own afterwards.
span_data cell::span_of_this(trace_context& trace, std::string_view name, std::chrono::nanoseconds from) {
  span_data begun;
  begun.name = name;
  begun.actor = path();
  begun.incarnation = life_.incarnation();
  world().traced()->enter(trace, begun, world().traced()->at(from));
  return begun;
}

void cell::begin_span(data_envelope& message) noexcept {
  trace_context& trace = message.header.trace;
  if (!world().traced()->admits(trace, until_sampled_)) return;
  const auto from = now();
  span_data begun = span_of_this(trace, message.type->name(), from);
  if (const auto sent = message.header.enqueued_at; sent > std::chrono::nanoseconds::zero()) begun.queue_wait = from - sent;
  const auto span = world().traced()->begin(std::move(begun), message.asked() ? tracing::keep::open : tracing::keep::held);
  if (!message.asked()) return;
  span->awaits_answer = true;
  message.reply.port = std::make_shared<traced_port>(span, std::move(message.reply.port));
}

void cell::end_span(const message_header& of, const handler_outcome& how) noexcept {
  const auto span = world().traced() ? world().traced()->find(of.trace) : nullptr;
  if (!span) return; // the answer was given, and has ended it
  if (how.how == handled_as::failed || !span->awaits_answer) span->end_with(how.failure);
}

// Of what is no message; it belongs to `trace`, or begins one.
std::shared_ptr<live_span> cell::begin_hook_span(trace_context& trace, std::string_view name) noexcept {
  if (!world().traced()->admits(trace, until_sampled_)) return nullptr;
  return world().traced()->begin(span_of_this(trace, name, now()));
}

// The first life of a slot begins a trace like any message from outside. One that follows a failure, of this slot or of another that took
// it along, belongs to the trace that failed.
std::shared_ptr<live_span> cell::begin_life_span(trace_context& trace, const trace_context& failed) noexcept {
  const failure_note* last = life_.last_failure();
  const bool own = last != nullptr && last->incarnation + 1 == life_.incarnation();
  trace = own && !failed.valid() ? last->trace : failed;
  const trace_context cause = trace;
  if (!world().traced()->admits(trace, until_sampled_)) return nullptr;
  const auto from = now();
  span_data begun = span_of_this(trace, life_.incarnation() > 1 ? "restart" : "initialize", from);
  if (cause.valid()) begun.links.push_back({cause, {{"alys.link", "failed"}}});
  if (own) {
    begun.attributes.push_back({"alys.restart.delay_ns", (from - last->at).count()});
    begun.attributes.push_back({"alys.restart.cause", last->what.message()});
  }
  return world().traced()->begin(std::move(begun));
}

} // namespace alys::detail
