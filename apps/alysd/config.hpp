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
  std::string spec;                               // the file of the chain spec; empty: the development chain
  std::string authority_key;                      // the file of this node's key; empty: the node follows, and signs nothing
  std::chrono::milliseconds slot_duration{2'000}; // of the development chain
  std::string fee_recipient = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"; // gets the tips of this node's blocks
  void validate(alys::problem_list& problems) const;
};
ALYS_CONFIG(chain_config, spec, authority_key, slot_duration, fee_recipient)

// What executes transactions.
struct engine_config {
  std::string kind = "ledger";    // in this process; or an execution client: "ethereumjs", "geth" (started by the node) or "external"
  std::string program;            // of a client that the node starts: geth itself, or the cli.js of @ethereumjs/client
  std::string host = "127.0.0.1"; // of an external one
  std::uint16_t engine_port = 8551;
  std::uint16_t rpc_port = 8545;                  // for eth_
  std::string secret;                             // the file that an external one was given
  std::chrono::milliseconds build_time{500};      // that a client gets to fill a payload, before its slot begins
  std::chrono::milliseconds ready_within{60'000}; // from the start of the process to its first answer
  std::chrono::milliseconds block_timeout{8'000}; // of engine_newPayload and engine_forkchoiceUpdated
  std::chrono::milliseconds payload_timeout{1'000};
  std::chrono::milliseconds read_timeout{2'000}; // of eth_
  [[nodiscard]] bool in_process() const noexcept { return kind == "ledger"; }
  [[nodiscard]] bool external() const noexcept { return kind == "external"; }
  void validate(alys::problem_list& problems) const;
};
ALYS_CONFIG(engine_config, kind, program, host, engine_port, rpc_port, secret, build_time, ready_within, block_timeout, payload_timeout,
            read_timeout)

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

struct storage_config {
  std::string backups;                                           // the folder that createbackup makes its copies in; empty: none are made
  std::chrono::milliseconds check_period{std::chrono::hours{1}}; // of the ledger's state, from one check's end to the next; 0: none
  std::uint64_t keep_states = 1'024;                             // of how many final blocks the ledger's states are kept; 0: of all
  void validate(alys::problem_list& problems) const;
};
ALYS_CONFIG(storage_config, backups, check_period, keep_states)

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
  storage_config storage;
  engine_config engine;
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
ALYS_CONFIG(node_config, data_folder, chain, storage, engine, api, log, tracing, alerts, health_period, shutdown_within, watch_config,
            dev_faults, chaos)

} // namespace alysd
