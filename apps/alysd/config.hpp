// SPDX-License-Identifier: Apache-2.0
//
// What an operator can set. Every value has a default, is checked when it is read, and is shown by `alysd config check`.
#pragma once

#include <alys/actors/alerts.hpp>
#include <alys/actors/chaos.hpp>
#include <alys/actors/config.hpp>
#include <alys/actors/otlp.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace alysd {

struct chain_config {
  std::chrono::milliseconds slot_duration{2'000};                           // of the development chain
  std::string fee_recipient = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"; // gets the tips of this node's blocks
  void validate(alys::problem_list& problems) const;
};
ALYS_CONFIG(chain_config, slot_duration, fee_recipient)

struct api_settings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 3'000; // 0: any free one
  std::uint64_t max_connections = 256;
  std::uint64_t max_body_bytes = 1'048'576;
  std::chrono::milliseconds idle_timeout{60'000};
  std::chrono::milliseconds request_timeout{10'000}; // for a client to send, and for the node to answer
  std::vector<std::string> host_names = {}; // besides localhost and addresses, names that clients may reach the node under; "*": all
  void validate(alys::problem_list& problems) const;
};
ALYS_CONFIG(api_settings, address, port, max_connections, max_body_bytes, idle_timeout, request_timeout, host_names)

struct log_config {
  std::string format = "automatic"; // human on a terminal, JSON otherwise; or "human", "json"
  std::string level = "info";       // "debug", "info", "warning" or "error"
  void validate(alys::problem_list& problems) const;
};
ALYS_CONFIG(log_config, format, level)

struct tracing_config {
  std::string endpoint; // of an OTLP collector, "http://127.0.0.1:4318/v1/traces"; empty: no tracing
  double ratio = 0.01;  // of the conversations that begin in this node
  std::string service_name = "alysd";
  std::uint64_t queue = 2'048; // spans
  std::uint64_t batch = 512;   // spans
  std::chrono::milliseconds interval{5'000};
  std::chrono::milliseconds timeout{10'000};
  std::chrono::milliseconds flush_within{2'000};
  void validate(alys::problem_list& problems) const;
};
ALYS_CONFIG(tracing_config, endpoint, ratio, service_name, queue, batch, interval, timeout, flush_within)

// As the exporter takes it; only for one with an endpoint.
[[nodiscard]] alys::otlp_options exporter_options(const tracing_config& config);

// Where a number becomes a warning, and where critical; 0: never. Cleared when it has fallen a fifth below.
struct alert_thresholds {
  double warning = 0;
  double critical = 0;
  void validate(alys::problem_list& problems) const;
};
ALYS_CONFIG(alert_thresholds, warning, critical)

// What is measured at every actor, and who is told.
struct alerts_config {
  std::chrono::milliseconds period{5'000};
  bool log = true;
  std::string webhook; // a URL that takes one alert a request, as JSON; empty: none
  std::chrono::milliseconds webhook_timeout{5'000};
  bool health = true;                                       // degraded is a warning, unhealthy critical
  alert_thresholds queue{.warning = 0.7, .critical = 0.95}; // share of a mailbox that is full
  alert_thresholds busy{.warning = 10, .critical = 60};     // seconds that a batch of work has been running
  alert_thresholds restarts;                                // that count against a supervisor's budget now
  void validate(alys::problem_list& problems) const;
};
ALYS_CONFIG(alerts_config, period, log, webhook, webhook_timeout, health, queue, busy, restarts)

// As the system takes it; the rules' thresholds are good, and the URL is one.
[[nodiscard]] alys::alert_options alert_options_of(const alerts_config& config, const alys::log_sink& log);

// For a node with dev_faults: from its start on, if there are rules. `injectchaos` changes it at any time.
struct chaos_config {
  std::uint64_t seed = 1;
  std::vector<alys::chaos_rule> rules = {};
};
ALYS_CONFIG(chaos_config, seed, rules)

struct node_config {
  std::string data_folder = "alys-data";
  chain_config chain;
  api_settings api;
  log_config log;
  tracing_config tracing;
  alerts_config alerts;
  std::chrono::milliseconds health_period{30'000};
  std::chrono::milliseconds shutdown_within{5'000};
  bool watch_config = false; // takes a new version of the file when it changes; SIGHUP and `reloadconfig` do in any case
  bool dev_faults = false;   // lets JSON-RPC make actors fail; never on a node that matters
  chaos_config chaos;
  void validate(alys::problem_list& problems) const;
};
ALYS_CONFIG(node_config, data_folder, chain, api, log, tracing, alerts, health_period, shutdown_within, watch_config, dev_faults, chaos)

} // namespace alysd
