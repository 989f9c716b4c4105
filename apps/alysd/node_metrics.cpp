// SPDX-License-Identifier: Apache-2.0
#include "node_metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace alysd {

namespace {

[[nodiscard]] prometheus::MetricFamily single(const char* name, const char* help, prometheus::MetricType type, double value) {
  prometheus::ClientMetric metric;
  if (type == prometheus::MetricType::Counter) metric.counter.value = value;
  else metric.gauge.value = value;
  return {name, help, type, {metric}};
}

} // namespace

std::string node_metrics(const alys::domain::http_server_counters& http, const alys::domain::chain_store& store,
                         alys::domain::chain_state state) {
  using enum prometheus::MetricType;
  const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
  std::vector<prometheus::MetricFamily> families{
      single("alys_http_connections", "HTTP connections that are open.", Gauge, number(http.open)),
      single("alys_http_connections_accepted_total", "HTTP connections, the refused included.", Counter, number(http.accepted)),
      single("alys_http_connections_refused_total", "HTTP connections over the limit.", Counter, number(http.refused)),
      single("alys_http_requests_total", "HTTP requests handed to the node.", Counter, number(http.requests)),
      single("alys_http_malformed_total", "HTTP requests that the server refused itself.", Counter, number(http.malformed)),
      single("alys_http_cut_off_total", "HTTP connections closed because the client was too slow.", Counter, number(http.cut_off)),
      single("alys_http_handler_timeouts_total", "HTTP requests that were not answered in time.", Counter, number(http.handler_timeouts)),
      single("alys_chain_interrupted_imports", "Imports that the end of an earlier process cut off.", Gauge,
             number(store.interrupted_imports())),
  };
  if (const auto progress = store.progress(); progress && *progress) {
    families.push_back(single("alys_chain_head_height", "Height of the head.", Gauge, number((*progress)->head.height.value())));
    families.push_back(single("alys_chain_head_slot", "Slot of the head.", Gauge, number((*progress)->head.slot.value())));
    families.push_back(
        single("alys_chain_final_height", "Height of the last final block.", Gauge, number((*progress)->last_final.height.value())));
  }
  if (const auto kept = store.first_kept_state())
    families.push_back(single("alys_state_first_kept_height", "Lowest final block whose state is kept; 0: nothing was pruned.", Gauge,
                              number(kept->value())));
  prometheus::MetricFamily states{"alys_chain_state", "1 for the state that the chain is in.", Gauge, {}};
  for (const auto each : alys::domain::all_chain_states) {
    prometheus::ClientMetric metric;
    metric.label.push_back({"state", std::string{to_string(each)}});
    metric.gauge.value = each == state ? 1 : 0;
    states.metric.push_back(std::move(metric));
  }
  families.push_back(std::move(states));
  return prometheus::TextSerializer{}.Serialize(families);
}

std::string client_metrics(const alys::domain::feed_progress* feeding) {
  if (feeding == nullptr) return {};
  using enum prometheus::MetricType;
  return prometheus::TextSerializer{}.Serialize({
      single("alys_client_behind_blocks", "Blocks that the execution client lacks and is being given.", Gauge,
             static_cast<double>(feeding->behind())),
      single("alys_client_given_blocks_total", "Blocks that the execution client was given because it lacked them.", Counter,
             static_cast<double>(feeding->given_ever)),
  });
}

std::string tracing_metrics(const alys::otlp_counts& spans) {
  using enum prometheus::MetricType;
  const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
  prometheus::MetricFamily dropped{"alys_spans_dropped_total", "Spans that were not exported, by reason.", Counter, {}};
  const auto drop = [&](const char* reason, std::uint64_t count) {
    prometheus::ClientMetric metric;
    metric.label.push_back({"reason", reason});
    metric.counter.value = number(count);
    dropped.metric.push_back(std::move(metric));
  };
  drop("full", spans.dropped_full);
  drop("refused", spans.dropped_refused);
  drop("failed", spans.dropped_failed);
  drop("end", spans.dropped_at_end);
  return prometheus::TextSerializer{}.Serialize({
      single("alys_spans_exported_total", "Spans that the collector took.", Counter, number(spans.exported)),
      dropped,
      single("alys_spans_queued", "Spans that wait for the collector.", Gauge, number(spans.queued)),
      single("alys_span_requests_total", "Requests to the collector, repeated ones included.", Counter, number(spans.requests)),
      single("alys_span_request_failures_total", "Requests to the collector that it did not answer with success.", Counter,
             number(spans.failures)),
  });
}

} // namespace alysd
