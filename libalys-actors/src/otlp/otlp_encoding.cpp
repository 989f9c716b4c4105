// SPDX-License-Identifier: Apache-2.0
//
// Spans as OTLP. Names of attributes are ours where OpenTelemetry's semantic conventions have none: alys.*.
#include "otlp_encoding.hpp"

#include <alys/otlp/v1/trace.pb.h>

#include <algorithm>

namespace alys::detail {

namespace {

namespace wire = alys::otlp::v1;

enum class status_code : std::uint32_t { unset = 0, error = 2 };

template <std::size_t N>
[[nodiscard]] std::string bytes(const std::array<std::uint8_t, N>& id) {
  return {id.begin(), id.end()};
}

[[nodiscard]] std::uint64_t unix_nanoseconds(std::chrono::system_clock::time_point at) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count());
}

// Of the length of a UTF-8 sequence, without surrogates, overlong forms and what lies beyond Unicode (RFC 3629, section 4); 0 for none.
[[nodiscard]] std::size_t sequence_at(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto tail = [&](std::size_t i) { return byte(i) >= 0x80 && byte(i) <= 0xbf; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned least = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned most = first == 0xed ? 0x9f : 0xbf;
    return byte(1) >= least && byte(1) <= most && tail(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned least = first == 0xf0 ? 0x90 : 0x80;
    const unsigned most = first == 0xf4 ? 0x8f : 0xbf;
    return byte(1) >= least && byte(1) <= most && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

struct put_value {
  wire::Value& into;
  void operator()(bool v) const { into.set_truth(v); }
  void operator()(std::int64_t v) const { into.set_whole(v); }
  void operator()(double v) const { into.set_floating(v); }
  void operator()(const std::string& v) const { into.set_text(as_utf8(v)); }
};

void put(wire::Attribute& into, std::string_view key, const span_value& value) {
  into.set_key(as_utf8(key));
  std::visit(put_value{*into.mutable_value()}, value.get());
}

template <class Message>
void put_all(Message& into, const std::vector<span_attribute>& attributes) {
  for (const auto& a : attributes) put(*into.add_attributes(), a.key, a.value);
}

[[nodiscard]] std::uint32_t kind_of(span_kind kind) { return 1 + static_cast<std::uint32_t>(kind); }
static_assert(static_cast<int>(span_kind::internal) == 0 && static_cast<int>(span_kind::consumer) == 4,
              "OTLP counts them from 1 in this order");

[[nodiscard]] std::string code_of(const error& e) {
  const std::string code = to_string(e.code());
  return code.empty() ? std::string{to_string(e.category())} : code;
}

void put_outcome(wire::Span& into, const span_data& span) {
  if (span.outcome == span_outcome::none) return;
  put(*into.add_attributes(), "alys.outcome", to_string(span.outcome));
  if (!span.failure) return;
  if (span.outcome == span_outcome::refused) { // an answer, no error
    put(*into.add_attributes(), "alys.refusal", code_of(span.failure));
    return;
  }
  put(*into.add_attributes(), "error.type", code_of(span.failure));
  into.mutable_status()->set_code(static_cast<std::uint32_t>(status_code::error));
  into.mutable_status()->set_message(as_utf8(span.failure.message()));
}

void put_span(wire::Span& into, const span_data& span) {
  into.set_trace_id(bytes(span.context.trace_id));
  into.set_span_id(bytes(span.context.span_id));
  if (span.parent != decltype(span.parent){}) into.set_parent_span_id(bytes(span.parent));
  into.set_trace_state(span.tracestate);
  into.set_flags(span.context.flags);
  into.set_name(as_utf8(span.name));
  into.set_kind(kind_of(span.kind));
  into.set_start_time_unix_nano(unix_nanoseconds(span.start));
  into.set_end_time_unix_nano(unix_nanoseconds(span.end));
  if (!span.actor.empty()) put(*into.add_attributes(), "alys.actor.path", span.actor);
  if (span.incarnation != 0) put(*into.add_attributes(), "alys.actor.incarnation", span.incarnation);
  if (span.queue_wait) put(*into.add_attributes(), "alys.queue_wait_ns", span.queue_wait->count());
  put_outcome(into, span);
  put_all(into, span.attributes);
  for (const auto& e : span.events) {
    auto& event = *into.add_events();
    event.set_time_unix_nano(unix_nanoseconds(e.at));
    event.set_name(as_utf8(e.name));
    put_all(event, e.attributes);
  }
  for (const auto& l : span.links) {
    auto& link = *into.add_links();
    link.set_trace_id(bytes(l.to.trace_id));
    link.set_span_id(bytes(l.to.span_id));
    link.set_flags(l.to.flags);
    put_all(link, l.attributes);
  }
  into.set_dropped_attributes_count(span.dropped_attributes);
  into.set_dropped_events_count(span.dropped_events);
  into.set_dropped_links_count(span.dropped_links);
}

} // namespace

std::string as_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_at(text);
    if (length == 0) clean += "\xef\xbf\xbd";
    else clean += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

std::string encode_trace_request(const resource_attributes& resource, const std::vector<span_data>& spans) {
  wire::TraceRequest request;
  auto& of_resource = *request.add_resources();
  for (const auto& [key, value] : resource) put(*of_resource.mutable_resource()->add_attributes(), key, value);
  auto& of_scope = *of_resource.add_scopes();
  of_scope.mutable_scope()->set_name("alys");
  of_scope.mutable_scope()->set_version(ALYS_VERSION);
  for (const span_data& span : spans) put_span(*of_scope.add_spans(), span);
  return request.SerializeAsString();
}

std::uint64_t rejected_spans(const std::string& answer, std::uint64_t sent) {
  wire::TraceResponse response;
  if (!response.ParseFromString(answer)) return 0;
  const auto rejected = response.partial().rejected_spans();
  return rejected <= 0 ? 0 : std::min(static_cast<std::uint64_t>(rejected), sent);
}

} // namespace alys::detail
