// SPDX-License-Identifier: Apache-2.0
//
// A span that has ended: what a traced piece of work was, when, for whom, and how it came out. Spans go to a sink, the port towards
// whatever stores or shows them; the words are those of OpenTelemetry.
//
// ```cpp
// class failures_only final : public alys::span_sink {
// public:
//   explicit failures_only(std::shared_ptr<alys::span_sink> next) : next_(std::move(next)) {}
//   void take(alys::span_data&& ended) override {
//     if (ended.outcome == alys::span_outcome::failed) next_->take(std::move(ended));
//   }
//
// private:
//   std::shared_ptr<alys::span_sink> next_;
// };
// ```
#pragma once

#include <alys/actors/error.hpp>
#include <alys/actors/trace_context.hpp>

#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace alys {

// Which side of which exchange a span is: server and client of a request from or to another process, else internal.
enum class span_kind : std::uint8_t { internal, server, client, producer, consumer };
[[nodiscard]] std::string_view to_string(span_kind) noexcept;

enum class span_outcome : std::uint8_t {
  none,        // nobody said
  handled,     // done, or answered
  refused,     // answered with a refusal
  failed,      // with a failure: its actor's own, or one that it passed on as its answer
  undelivered, // its answer never came: the actor restarted or stopped, or its promise broke
};
[[nodiscard]] std::string_view to_string(span_outcome) noexcept;

// The value of an attribute. Made from what it looks like: text, a truth value, whole and floating numbers.
class span_value {
public:
  using content = std::variant<bool, std::int64_t, double, std::string>;
  span_value() = default;
  span_value(bool value) : content_(value) {}                                          // NOLINT(google-explicit-constructor)
  span_value(std::string value) : content_(std::move(value)) {}                        // NOLINT(google-explicit-constructor)
  span_value(std::string_view value) : content_(std::string{value}) {}                 // NOLINT(google-explicit-constructor)
  span_value(const char* value) : content_(std::string{value}) {}                      // NOLINT(google-explicit-constructor)
  span_value(std::floating_point auto value) : content_(static_cast<double>(value)) {} // NOLINT(google-explicit-constructor)
  span_value(std::integral auto value) : content_(static_cast<std::int64_t>(value)) {} // NOLINT(google-explicit-constructor)
  [[nodiscard]] const content& get() const noexcept { return content_; }
  friend bool operator==(const span_value&, const span_value&) = default;

private:
  content content_;
};
// For people: text as it is, truth values as true and false.
[[nodiscard]] std::string to_string(const span_value&);

struct span_attribute {
  std::string key;
  span_value value;
  friend bool operator==(const span_attribute&, const span_attribute&) = default;
};

// Something that happened at one instant of a span.
struct span_event {
  std::string name;
  std::chrono::system_clock::time_point at;
  std::vector<span_attribute> attributes;
};

// A span of this or another trace that this one has to do with, but not as its child.
struct span_link {
  trace_context to;
  std::vector<span_attribute> attributes;
};

// What one span may hold; what comes after is counted, not kept.
inline constexpr std::size_t max_span_attributes = 64;
inline constexpr std::size_t max_span_events = 64;
inline constexpr std::size_t max_span_links = 16;
inline constexpr std::size_t max_span_text = 4'096; // bytes of a name or a text; longer ones are cut

struct span_data {
  trace_context context;                // of its trace, with its own id
  std::array<std::uint8_t, 8> parent{}; // id of the span that it belongs to; all zero: it is the first of its trace
  std::string tracestate;               // as it came from another process; empty if none did
  std::string name;                     // the message's type, the hook, or what the author said
  span_kind kind = span_kind::internal;
  std::chrono::system_clock::time_point start;
  std::chrono::system_clock::time_point end; // not before the start
  span_outcome outcome = span_outcome::none;
  error failure;                                      // what it was refused or failed with; no error otherwise
  std::string actor;                                  // path of the slot that did it; empty if none
  std::uint32_t incarnation = 0;                      // of that slot; 0 if none
  std::optional<std::chrono::nanoseconds> queue_wait; // of the message; nothing for the first of a trace
  std::vector<span_attribute> attributes;
  std::vector<span_event> events;
  std::vector<span_link> links;
  std::uint32_t dropped_attributes = 0;
  std::uint32_t dropped_events = 0;
  std::uint32_t dropped_links = 0;
};

// Port: where spans go when they end. Called on the thread where one ends, which is mostly an actor's: thread-safe, quick, and no waiting.
// What it throws is logged, and that span is lost. A sink lives as long as the memory of any slot of its tree.
class span_sink {
public:
  virtual ~span_sink() = default;
  virtual void take(span_data&& ended) = 0;
};

} // namespace alys
