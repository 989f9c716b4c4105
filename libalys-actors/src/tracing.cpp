// SPDX-License-Identifier: Apache-2.0
//
// Sampling, ids, open spans.
#include "tracing.hpp"

#include "runtime.hpp"
#include "turn.hpp"

#include <alys/actors/fault.hpp>
#include <alys/actors/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace alys::detail {

namespace {

constexpr std::uint8_t sampled_flag = 1;
constexpr std::size_t remembered_tracestates = 1'000;
constexpr double least_ratio = 0.000001;

template <std::size_t N>
void put(std::array<std::uint8_t, N>& into, std::size_t at, std::uint64_t word) noexcept {
  for (std::size_t i = 0; i < 8; ++i) into[at + i] = static_cast<std::uint8_t>(word >> (56 - 8 * i));
}

[[nodiscard]] std::uint64_t number_of(const trace_context& span) noexcept {
  std::uint64_t number = 0;
  std::memcpy(&number, span.span_id.data(), sizeof number);
  return number;
}

[[nodiscard]] std::uint64_t random_key() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) ^ device();
}

} // namespace

tracing::tracing(const backend& time, const tracing_options& options, log_sink log)
    : sink_(options.sink),
      log_(std::move(log)),
      ratio_(options.ratio),
      time_(&time),
      origin_(std::chrono::system_clock::now() - time.now()) {
  splitmix64 seeded{options.seed};
  for (std::uint64_t& key : keys_) key = options.seed != 0 ? seeded() : random_key();
}

// Each number is drawn from its own state of the generator: threads share nothing but the count.
std::uint64_t tracing::draw(std::uint64_t key) noexcept {
  return splitmix64{key + 0x9e3779b97f4a7c15u * drawn_.fetch_add(1, std::memory_order_relaxed)}();
}

// How many are left out before the next one is sampled, plus one: geometric, as if each had been drawn for itself. Many if none is.
std::uint32_t tracing::gap() noexcept {
  constexpr std::uint32_t most = 4'000'000'000;
  if (ratio_ == 0.0) return most;
  const double u = static_cast<double>(draw(keys_[0]) >> 11) * 0x1.0p-53;
  const double left_out = std::floor(std::log1p(-u) / std::log1p(-ratio_));
  return 1 + static_cast<std::uint32_t>(std::min(left_out, double{most}));
}

trace_context tracing::new_trace_context(bool sampled) noexcept {
  trace_context made;
  do {
    put(made.trace_id, 0, draw(keys_[0]));
    put(made.trace_id, 8, draw(keys_[1]));
  } while (made.trace_id == decltype(made.trace_id){});
  made.flags = sampled ? sampled_flag : 0;
  return made;
}

bool tracing::admits(trace_context& trace, std::uint32_t& countdown) noexcept {
  if (trace.left_out) return false;
  if (trace.sampled()) return true;
  if (trace.valid()) return false;
  if (ratio_ < 1.0) {
    if (countdown == 0) countdown = gap();
    if (--countdown > 0 || ratio_ == 0.0) {
      trace.left_out = true;
      return false;
    }
  }
  trace = new_trace_context(true);
  return true;
}

bool tracing::admits(trace_context& trace) noexcept {
  std::uint32_t countdown = 0;
  return admits(trace, countdown);
}

void tracing::enter(trace_context& trace, span_data& begun, std::chrono::system_clock::time_point now) noexcept {
  begun.parent = trace.span_id;
  do put(trace.span_id, 0, draw(keys_[1]));
  while (trace.span_id == decltype(trace.span_id){});
  begun.context = trace;
  if (trace.tracestate != 0) begun.tracestate = tracestate(trace.tracestate);
  begun.start = now;
}

std::shared_ptr<live_span> tracing::begin(span_data&& begun, keep how) {
  started_.fetch_add(1, std::memory_order_relaxed);
  const trace_context id = begun.context;
  auto made = std::make_shared<live_span>(shared_from_this(), std::move(begun));
  shard& in = shard_of(id);
  const std::lock_guard guard(in.mutex);
  in.open.insert_or_assign(number_of(id), shard::entry{made, how == keep::held ? made : nullptr});
  return made;
}

std::shared_ptr<live_span> tracing::find(const trace_context& span) {
  shard& in = shard_of(span);
  const std::lock_guard guard(in.mutex);
  const auto found = in.open.find(number_of(span));
  return found != in.open.end() ? found->second.span.lock() : nullptr;
}

void tracing::finish(span_data&& ended) noexcept {
  shard::entry last; // goes after the lock: it may be the last hold on the span
  {
    shard& in = shard_of(ended.context);
    const std::lock_guard guard(in.mutex);
    if (auto node = in.open.extract(number_of(ended.context))) last = std::move(node.mapped());
  }
  ended.end = std::max(now(), ended.start);
  try {
    sink_->take(std::move(ended));
    ended_.fetch_add(1, std::memory_order_relaxed);
  } catch (...) {
    lost_.fetch_add(1, std::memory_order_relaxed);
    try {
      if (log_) log_(log_level::error, "the span sink threw: " + from_exception(std::current_exception()).message());
    } catch (...) { // the log is not this one's to mend
    }
  }
}

std::uint32_t tracing::keep_tracestate(std::string_view text) {
  std::string read = parse_tracestate(text);
  if (read.empty()) return 0;
  const std::lock_guard guard(tracestates_mutex_);
  if (tracestates_.size() == remembered_tracestates) tracestates_.pop_front();
  tracestates_.push_back(std::move(read));
  if (++last_tracestate_ == 0) last_tracestate_ = 1;
  return last_tracestate_;
}

std::string tracing::tracestate(std::uint32_t number) const {
  const std::lock_guard guard(tracestates_mutex_);
  const std::uint32_t age = last_tracestate_ - number;
  return number != 0 && age < tracestates_.size() ? tracestates_[tracestates_.size() - 1 - age] : std::string{};
}

trace_fields tracing::fields(const trace_context& context) {
  if (context.valid()) return {to_traceparent(context), tracestate(context.tracestate)};
  if (!context.left_out) return {};
  trace_context unsampled = new_trace_context(false); // the other process is to leave it out too
  span_data unused;
  enter(unsampled, unused, {});
  return {to_traceparent(unsampled), {}};
}

std::chrono::system_clock::time_point tracing::now() const noexcept {
  const std::shared_lock guard(clock_mutex_);
  return time_ != nullptr ? origin_ + time_->now() : closed_at_;
}

tracing_counts tracing::counts() const noexcept {
  return {started_.load(std::memory_order_relaxed), ended_.load(std::memory_order_relaxed), lost_.load(std::memory_order_relaxed)};
}

void tracing::close() noexcept {
  const std::lock_guard guard(clock_mutex_);
  if (time_ != nullptr) closed_at_ = origin_ + time_->now();
  time_ = nullptr;
}

} // namespace alys::detail

namespace alys {

void tracing_options::validate(problem_list& found) const {
  if (ratio != 0.0 && !(ratio >= detail::least_ratio && ratio <= 1.0)) found.push_back({"ratio", "must be 0, or from 0.000001 to 1"});
}

// ---- the tracer ----

span tracer::start(std::string_view name, span_options options) const {
  if (!of_) return {};
  struct resolve {
    detail::tracing& of;
    trace_context operator()(current_trace) const { return current_context(); }
    trace_context operator()(const trace_context& given) const { return given; }
    trace_context operator()(new_trace) const { return {}; }
    trace_context operator()(const remote_trace& remote) const {
      auto read = parse_traceparent(remote.traceparent);
      if (!read) return {};
      read->tracestate = of.keep_tracestate(remote.tracestate);
      return *read;
    }
  };
  trace_context trace = std::visit(resolve{*of_}, options.parent);
  if (!trace.valid()) trace = {.left_out = trace.left_out};
  if (!of_->admits(trace)) return {of_, trace, nullptr};
  span_data begun;
  begun.name = name.substr(0, max_span_text);
  begun.kind = options.kind;
  of_->enter(trace, begun, of_->now());
  return {of_, trace, of_->begin(std::move(begun))};
}

trace_fields tracer::fields(const span& of) const { return of_ ? of_->fields(of.context()) : trace_fields{}; }

tracing_counts tracer::counts() const noexcept { return of_ ? of_->counts() : tracing_counts{}; }

// ---- where a thread is ----

trace_scope*& trace_scope::innermost() noexcept {
  thread_local trace_scope* scope = nullptr;
  return scope;
}

trace_scope::trace_scope(const span& inside) : span_(inside) { enter(inside.context()); }

trace_scope::trace_scope(new_trace) { enter({}); }

void trace_scope::enter(const trace_context& context) noexcept {
  here_ = context;
  if (const detail::turn* t = detail::current_turn()) {
    target_ = &t->handling->trace;
    before_ = std::exchange(*target_, context);
    return;
  }
  outer_ = std::exchange(innermost(), this);
}

trace_scope::~trace_scope() {
  if (target_ == nullptr) innermost() = outer_;
  else if (const detail::turn* t = detail::current_turn(); t != nullptr && &t->handling->trace == target_) *target_ = before_;
}

trace_context current_context() noexcept {
  if (const detail::turn* t = detail::current_turn()) return t->handling->trace;
  const trace_scope* scope = trace_scope::innermost();
  return scope != nullptr ? scope->here_ : trace_context{};
}

span current_span() {
  if (const detail::turn* t = detail::current_turn()) {
    const auto& by = t->world->traced();
    if (!by) return {};
    const trace_context& here = t->handling->trace;
    return {by, here, here.sampled() ? by->find(here) : nullptr};
  }
  const trace_scope* scope = trace_scope::innermost();
  return scope != nullptr ? scope->span_ : span{};
}

trace_fields outgoing_trace() {
  if (const detail::turn* t = detail::current_turn()) {
    const auto& by = t->world->traced();
    return by ? by->fields(t->handling->trace) : trace_fields{};
  }
  const trace_scope* scope = trace_scope::innermost();
  return scope != nullptr && scope->span_.by_ ? scope->span_.by_->fields(scope->here_) : trace_fields{};
}

} // namespace alys
