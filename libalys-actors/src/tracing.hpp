// SPDX-License-Identifier: Apache-2.0
//
// The tracing of one system: who is sampled, which spans are open, and the way to the sink. It outlives its system for as long as somebody
// holds a tracer or a span, so it lets go of the system's clock when that closes.
#pragma once

#include "backend.hpp"

#include <alys/actors/detail/envelope.hpp>
#include <alys/actors/observer.hpp>
#include <alys/actors/tracing.hpp>

#include <array>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace alys::detail {

// A span that is open, or was until a moment ago. Ends when destroyed, at the latest.
class live_span {
public:
  live_span(std::shared_ptr<tracing> by, span_data begun) noexcept : by_(std::move(by)), context_(begun.context), data_(std::move(begun)) {}
  ~live_span() { end(); }
  live_span(const live_span&) = delete;
  live_span& operator=(const live_span&) = delete;

  [[nodiscard]] const trace_context& context() const noexcept { return context_; }
  void set(std::string_view key, span_value value);
  void event(std::string_view name, std::vector<span_attribute> attributes);
  void link(const trace_context& to, std::vector<span_attribute> attributes);
  // No error: it was handled.
  void settle(const error& with) noexcept;
  void end() noexcept;
  void end_with(const error& with) noexcept {
    settle(with);
    end();
  }
  // Of a message that is asked: its answer ends it, not its handler. Set before anybody else sees this.
  bool awaits_answer = false;

private:
  const std::shared_ptr<tracing> by_;
  const trace_context context_;
  std::mutex mutex_; // a promise may be kept on another thread than its actor's
  span_data data_;
  bool ended_ = false;
};

// Passes an answer on, which ends the span of what was asked.
class traced_port final : public reply_port {
public:
  traced_port(std::shared_ptr<live_span> span, std::shared_ptr<reply_port> to) noexcept : span_(std::move(span)), to_(std::move(to)) {}
  void deliver(reply_ptr reply) noexcept override {
    span_->end_with(reply->error());
    to_->deliver(std::move(reply));
  }

private:
  std::shared_ptr<live_span> span_;
  std::shared_ptr<reply_port> to_;
};

class tracing : public std::enable_shared_from_this<tracing> {
public:
  // Requires valid options with a sink.
  tracing(const backend& time, const tracing_options& options, log_sink log);

  // Whether what belongs to this trace is recorded. What begins one is given a trace id, or left out with all that follows from it.
  // `countdown` is the caller's and begins at 0: how many it has still to leave out. So nothing is shared, and most cost one subtraction.
  [[nodiscard]] bool admits(trace_context& trace, std::uint32_t& countdown) noexcept;
  // The part of it that nearly all messages take where few are sampled: true for what is left out without another look.
  [[nodiscard]] static bool leaves_out(trace_context& trace, std::uint32_t& countdown) noexcept {
    if (trace.left_out) return true;
    if (countdown < 2 || trace.sampled() || trace.valid()) return false;
    --countdown;
    trace.left_out = true;
    return true;
  }
  // The same for callers without a countdown.
  [[nodiscard]] bool admits(trace_context& trace) noexcept;
  // Makes `trace` that of a new span within it, of which `begun` is told: its ids, its parent, and when it starts.
  void enter(trace_context& trace, span_data& begun, std::chrono::system_clock::time_point now) noexcept;

  enum class keep : std::uint8_t { open, held }; // held: until somebody ends it, also if nobody else has it
  [[nodiscard]] std::shared_ptr<live_span> begin(span_data&& begun, keep how = keep::open);
  // Null if none with this id is open.
  [[nodiscard]] std::shared_ptr<live_span> find(const trace_context& span);
  void finish(span_data&& ended) noexcept;

  // Under which number a tracestate is kept, of the last thousand.
  [[nodiscard]] std::uint32_t keep_tracestate(std::string_view text);
  [[nodiscard]] std::string tracestate(std::uint32_t number) const;
  // For a request that goes out.
  [[nodiscard]] trace_fields fields(const trace_context& context);

  [[nodiscard]] std::chrono::system_clock::time_point now() const noexcept;
  // The same for an instant of the system's clock.
  [[nodiscard]] std::chrono::system_clock::time_point at(std::chrono::nanoseconds instant) const noexcept { return origin_ + instant; }
  [[nodiscard]] tracing_counts counts() const noexcept;
  // The clock is about to go: time stands still for what ends from now on.
  void close() noexcept;

private:
  struct shard {
    struct entry {
      std::weak_ptr<live_span> span;
      std::shared_ptr<live_span> held;
    };
    std::mutex mutex;
    std::unordered_map<std::uint64_t, entry> open;
  };
  [[nodiscard]] std::uint64_t draw(std::uint64_t key) noexcept;
  [[nodiscard]] std::uint32_t gap() noexcept;
  [[nodiscard]] trace_context new_trace_context(bool sampled) noexcept;
  [[nodiscard]] shard& shard_of(const trace_context& span) noexcept { return shards_[span.span_id.back() % shards_.size()]; }

  const std::shared_ptr<span_sink> sink_;
  const log_sink log_;
  const double ratio_;
  std::uint64_t keys_[2];
  std::atomic<std::uint64_t> drawn_{0};
  std::atomic<std::uint64_t> started_{0};
  std::atomic<std::uint64_t> ended_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::array<shard, 16> shards_;

  mutable std::shared_mutex clock_mutex_;
  const backend* time_;
  const std::chrono::system_clock::time_point origin_; // when the clock stood at zero
  std::chrono::system_clock::time_point closed_at_;

  mutable std::mutex tracestates_mutex_;
  std::deque<std::string> tracestates_;
  std::uint32_t last_tracestate_ = 0;
};

} // namespace alys::detail
