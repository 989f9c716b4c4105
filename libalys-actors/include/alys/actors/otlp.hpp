// SPDX-License-Identifier: Apache-2.0
//
// Component actors_otlp: a sink that sends spans to a collector, by OpenTelemetry's protocol in protobuf over HTTP (OTLP 1,
// https://opentelemetry.io/docs/specs/otlp/). Actors only put their spans into a bounded queue; a thread of its own sends them in batches,
// and tries again when the collector says so. A collector that is slow, silent, wrong or not there costs spans, which are counted, and
// nothing else.
//
// ```cpp
// #include <alys/actors/system.hpp>
//
// inline alys::system start(alys::supervisor_spec tree) {
//   const auto spans = std::make_shared<alys::otlp_exporter>(alys::otlp_options{.service_name = "shop"});
//   return alys::system::start(std::move(tree), {.tracing = {.sink = spans, .ratio = 0.01}});
// }
// ```
#pragma once

#include <alys/actors/config.hpp>
#include <alys/actors/span.hpp>

#include <map>

namespace alys {

struct otlp_options {
  std::string endpoint = "http://127.0.0.1:4318/v1/traces"; // no TLS: a collector's agent on this machine has it
  std::string service_name = "unknown_service";
  std::map<std::string, std::string> resource = {}; // further attributes of this process, such as service.version
  std::map<std::string, std::string> fields = {};   // further header fields of each request
  std::size_t queue = 2'048;                        // spans that wait at most; further ones are dropped. At most a million
  std::size_t batch = 512;                          // spans of one request at most; not more than the queue holds
  std::chrono::milliseconds interval{5'000};        // until a batch that is not full is sent; from 1 ms to an hour
  std::chrono::milliseconds timeout{10'000};        // of a request; from 1 ms to an hour
  std::uint32_t attempts = 5;                       // of a batch, from 1 to 100; then it is dropped
  std::chrono::milliseconds first_retry{1'000};     // grows twofold, with full jitter; from 1 ms
  std::chrono::milliseconds last_retry{30'000};     // to this at most, also if the collector wishes longer; up to an hour
  std::chrono::milliseconds flush_within{2'000};    // of the destructor: what is not sent by then is dropped; up to an hour
  void validate(problem_list& problems) const;
};
ALYS_CONFIG(otlp_options, endpoint, service_name, resource, fields, queue, batch, interval, timeout, attempts, first_retry, last_retry,
            flush_within)

// What became of spans since the start: taken = exported + every dropped_* + queued.
struct otlp_counts {
  std::uint64_t taken = 0;
  std::uint64_t exported = 0;        // accepted by the collector
  std::uint64_t dropped_full = 0;    // the queue had no room
  std::uint64_t dropped_refused = 0; // the collector said no, for good
  std::uint64_t dropped_failed = 0;  // the last attempt failed too
  std::uint64_t dropped_at_end = 0;  // not sent when the exporter ended
  std::uint64_t queued = 0;          // now, those in the request under way included
  std::uint64_t requests = 0;        // attempts included
  std::uint64_t failures = 0;        // requests that were not answered with success
};

// Thread-safe, but for its destruction.
class otlp_exporter final : public span_sink {
public:
  // Throws std::invalid_argument, naming every option that is wrong. Nothing is sent before the first span.
  explicit otlp_exporter(otlp_options options);
  // Sends what it has, within flush_within, and drops the rest.
  ~otlp_exporter() override;

  // Never waits for the network.
  void take(span_data&& ended) override;
  // Sends at once what waits. True when all that had been taken before has been exported or dropped; false if that takes longer.
  bool flush(std::chrono::milliseconds within);
  [[nodiscard]] otlp_counts counts() const;
  // Why the last request failed; empty after one that did not.
  [[nodiscard]] std::string last_problem() const;

private:
  class worker;
  std::unique_ptr<worker> worker_;
};

} // namespace alys
