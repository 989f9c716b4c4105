// SPDX-License-Identifier: Apache-2.0
//
// Tracing: which work belongs together, over all actors that it passed through. A message that begins a conversation is sampled or not;
// if it is, its handling is a span, and so is that of every message which follows from it: what its handler sends and asks, what it does
// when the answers come, the timers that it sets, the restart that its failure makes. Authors do nothing for it.
//
// An actor may say more about the span that it works in (current_span), and whoever stands outside of the tree may begin or continue a
// trace (tracer, trace_scope). Without a sink in the system's options there is no tracing, and all of this does nothing.
//
// ```cpp
// #include <alys/actors/actor.hpp>
//
// struct deposit { using reply = int; int amount = 0; };
// ALYS_MESSAGE(deposit, amount)
// class ledger final : public alys::actor<ledger> {
// public:
//   using messages = alys::accepts<deposit>;
//   int handle(const deposit& d) {
//     alys::current_span().set("amount", d.amount);
//     return sum_ += d.amount;
//   }
//
// private:
//   int sum_ = 0;
// };
//
// // Continues the trace of a caller in another process; what is no traceparent begins a new one.
// inline void on_request(const alys::tracer& tracer, const std::string& traceparent, const alys::ref<ledger>& to) {
//   const auto span = tracer.start("POST /deposit", {.kind = alys::span_kind::server, .parent = alys::remote_trace{traceparent, {}}});
//   const alys::trace_scope inside{span};
//   send(to, deposit{5});
// }
// ```
#pragma once

#include <alys/actors/problem.hpp>
#include <alys/actors/span.hpp>

namespace alys {

// Part of the system's options.
struct tracing_options {
  std::shared_ptr<span_sink> sink = nullptr; // null: no tracing
  double ratio = 1.0;     // of the conversations that begin here; 0, or from 0.000001 to 1. Continued traces follow their own flag
  std::uint64_t seed = 0; // of ids and of the choice; 0: drawn at start, as it must be where other processes trace too
  void validate(problem_list& found) const;
};

// What a request from another process says about its trace: the two header fields as they came, or empty. Never refused: a traceparent
// that is none begins a new trace, and a tracestate that is none, or comes without a traceparent, is left out.
struct remote_trace {
  std::string_view traceparent;
  std::string_view tracestate;
};

// The same for a request to another process; both empty if there is no trace.
struct trace_fields {
  std::string traceparent;
  std::string tracestate;
};

namespace detail {
class live_span;
class tracing;
} // namespace detail

// A span that may still be open. Copies are the same span, and the last one to go ends it; those of messages are ended by the runtime, when
// the handler has returned or, if it owes an answer, has given it. A default-made one, and one that is not sampled, takes everything and
// records nothing. Thread-safe; after its end nothing changes it.
class span {
public:
  span() noexcept = default;
  // Whether it is sampled: what is said to it goes to the sink.
  [[nodiscard]] bool recording() const noexcept { return live_ != nullptr; }
  // What messages carry that belong to it.
  [[nodiscard]] const trace_context& context() const noexcept { return context_; }

  // A key that is there already gets the new value.
  void set(std::string_view key, span_value value) const;
  void event(std::string_view name, std::vector<span_attribute> attributes = {}) const;
  void link(const trace_context& to, std::vector<span_attribute> attributes = {}) const;
  // How it came out; the last one counts. For spans of messages the runtime says it.
  void handled() const;
  void failed(const error& with) const; // refused or undelivered, if that is what the error is
  void end() const;

private:
  friend class tracer;
  friend class trace_scope;
  friend span current_span();
  friend trace_fields outgoing_trace();
  span(std::shared_ptr<detail::tracing> by, const trace_context& context, std::shared_ptr<detail::live_span> live) noexcept
      : by_(std::move(by)), context_(context), live_(std::move(live)) {}
  std::shared_ptr<detail::tracing> by_;
  trace_context context_;
  std::shared_ptr<detail::live_span> live_;
};

// The parent of a span: what the thread is at; a span's context; another process; or nobody, for the first of a trace.
struct new_trace {};
struct current_trace {};
using span_parent = std::variant<current_trace, trace_context, remote_trace, new_trace>;

struct span_options {
  span_kind kind = span_kind::internal;
  span_parent parent = current_trace{};
};

struct tracing_counts {
  std::uint64_t started = 0; // spans
  std::uint64_t ended = 0;   // handed to the sink
  std::uint64_t lost = 0;    // the sink threw on them
};

// Makes spans of one system, from any thread, also after the system has gone. See system::tracer and actor::tracer.
class tracer {
public:
  tracer() noexcept = default; // of a system without tracing
  explicit tracer(std::shared_ptr<detail::tracing> of) noexcept : of_(std::move(of)) {}
  [[nodiscard]] explicit operator bool() const noexcept { return of_ != nullptr; }

  // Begins a span. It records if its parent is sampled, or if it has none and the sampler says so.
  [[nodiscard]] span start(std::string_view name, span_options options = {}) const;
  // The header fields for a request that goes to another process as part of that span.
  [[nodiscard]] trace_fields fields(const span& of) const;
  [[nodiscard]] tracing_counts counts() const noexcept;

private:
  std::shared_ptr<detail::tracing> of_;
};

// While it lives, what this thread sends belongs to that span, or begins a trace of its own. Inside of a handler or outside of any actor;
// ends in the turn that made it, so never hold one over a co_await. Not thread-safe.
class trace_scope {
public:
  explicit trace_scope(const span& inside);
  explicit trace_scope(new_trace);
  ~trace_scope();
  trace_scope(const trace_scope&) = delete;
  trace_scope& operator=(const trace_scope&) = delete;

private:
  friend span current_span();
  friend trace_context current_context() noexcept;
  friend trace_fields outgoing_trace();
  void enter(const trace_context& context) noexcept;
  [[nodiscard]] static trace_scope*& innermost() noexcept;
  span span_;
  trace_context* target_ = nullptr; // of the turn, if there is one
  trace_context here_;
  trace_context before_;
  trace_scope* outer_ = nullptr;
};

// The span that this thread works in: of the message in hand, also when an answer to it came or its coroutine goes on; or of the innermost
// trace_scope. One that records nothing if there is none.
[[nodiscard]] span current_span();

// What a message carries that is sent now.
[[nodiscard]] trace_context current_context() noexcept;

// The header fields for a request that goes to another process now.
[[nodiscard]] trace_fields outgoing_trace();

} // namespace alys
