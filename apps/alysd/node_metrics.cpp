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

std::string node_metrics(const alys::domain::http_server_counters& http, const alys::domain::chain_store& store) {
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
  return prometheus::TextSerializer{}.Serialize(families);
}

} // namespace alysd
