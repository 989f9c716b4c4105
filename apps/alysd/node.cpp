// SPDX-License-Identifier: Apache-2.0
#include "node.hpp"

#include "backup_watch.hpp"
#include "call_metrics.hpp"
#include "chain_place.hpp"
#include "console.hpp"
#include "control.hpp"
#include "engine_place.hpp"
#include "logging.hpp"
#include "output.hpp"
#include "reloader.hpp"
#include "service_manager.hpp"
#include "signals.hpp"
#include "state_checks.hpp"
#include "tree.hpp"
#include "version.hpp"

#include <alys/domain/api/http_listener.hpp>
#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/leveldb_store.hpp>
#include <alys/domain/storage/store_backups.hpp>

#include <fmt/format.h>

namespace alysd {

using namespace alys::domain;

namespace {

[[nodiscard]] unix_milliseconds wall_clock() { return to_unix(std::chrono::system_clock::now()); }

// Everything of a node but its tree. It outlives the tree.
struct equipment {
  std::shared_ptr<const chain_spec> spec;
  std::optional<authority_seat> seat;
  std::shared_ptr<leveldb_store> store;
  std::shared_ptr<http_listener> http;
  std::shared_ptr<console> terminal = std::make_shared<console>();
  std::shared_ptr<alys::otlp_exporter> spans; // null: nothing is traced
  std::shared_ptr<call_metrics> calls = std::make_shared<call_metrics>();
  std::shared_ptr<state_checks> checks = std::make_shared<state_checks>();
  engine_place executes;
  std::shared_ptr<reloader> reloads;
  std::shared_ptr<system_control> control;
  node_log log;
  std::shared_ptr<backup_watch> backups;
  unix_milliseconds started = wall_clock();
};

[[nodiscard]] node_ports ports_of(const node_config& config, const equipment& parts) {
  const chain_spec& spec = *parts.spec;
  const authority_seat seat = parts.seat.value_or(authority_seat{});
  node_ports ports;
  ports.calls = parts.calls->observer();
  ports.store = parts.store;
  if (!config.storage.backups.empty())
    ports.backups = parts.backups->watch(std::make_shared<store_backups>(parts.store, config.storage.backups));
  ports.engine = parts.executes.engine;
  if (config.engine.in_process()) ports.states = {{.check_period = config.storage.check_period}, parts.checks->listener(parts.log.sink)};
  ports.client = parts.executes.client;
  ports.aura_settings = {
      .slot_duration = spec.slot_duration, .max_drift = spec.max_drift, .authorities = spec.authorities.size(), .index = seat.index.value};
  ports.aura = {seat.key, wall_clock, [store = parts.store]() -> alys::result<std::optional<vote_lock>> {
                  const auto progress = store->progress();
                  if (!progress) return progress.error();
                  return *progress ? (*progress)->vote : std::nullopt;
                }};
  ports.chain_settings = {.build_time = config.engine.in_process() ? std::chrono::milliseconds{0} : config.engine.build_time,
                          .fee_recipient = *address::from_hex(config.chain.fee_recipient)};
  ports.chain = {parts.spec, parts.store, parts.calls->listener(parts.terminal), wall_clock, seat.index};
  ports.api_settings = {.answer_within = config.api.request_timeout, .dev_faults = config.dev_faults, .host_names = config.api.host_names};
  node_status fixed;
  fixed.client_version = std::string{"alysd/"} + version;
  fixed.engine = parts.executes.name;
  fixed.chain_id = spec.chain_id;
  fixed.authorities = spec.authorities.size();
  if (parts.seat) fixed.authority = parts.seat->index;
  fixed.interrupted_imports = parts.store->interrupted_imports();
  fixed.started = parts.started;
  ports.api = {parts.http, parts.control, std::move(fixed)};
  return ports;
}

[[nodiscard]] http_server_config http_config_of(const api_settings& api) {
  http_server_config http;
  http.address = api.address;
  http.port = api.port;
  http.max_connections = api.max_connections;
  http.max_body_bytes = api.max_body_bytes;
  http.idle_timeout = api.idle_timeout;
  http.header_timeout = http.body_timeout = http.write_timeout = api.request_timeout;
  http.handler_timeout = 2 * api.request_timeout; // actors answer within one; this is for an actor that died with the request
  return http;
}

[[nodiscard]] banner banner_of(const node_config& config, const equipment& parts) {
  banner what;
  what.api_url = parts.http->url().value_or("(not listening)");
  what.data_folder = config.data_folder;
  what.development = config.chain.spec.empty();
  what.account = to_hex(dev_account);
  what.account_key = to_hex(dev_account_key);
  if (parts.seat) what.authority = to_hex(parts.spec->authorities[parts.seat->index.value]);
  what.slot_duration = parts.spec->slot_duration;
  what.chain_id = parts.spec->chain_id;
  what.client = parts.executes.words;
  what.dev_faults = config.dev_faults;
  return what;
}

// Why the node is to stop: a signal, or the last block that was wished for. Empty if the tree ended by itself.
[[nodiscard]] std::string wait_for_end(alys::system& system, const stop_signals& signals, const equipment& parts,
                                       const node_options& options, service_manager& manager) {
  while (system.wait_for(std::chrono::nanoseconds{0}) == alys::end_reason::none) {
    if (system.alive()) manager.alive();
    if (options.stop_after_blocks && parts.terminal->blocks() >= *options.stop_after_blocks) return "the last block of --blocks";
    const auto signal = signals.wait(std::chrono::milliseconds{20});
    const bool reloads = signal == "SIGHUP" && parts.reloads->ask("SIGHUP"); // without a file it is an end, as of any program
    if (!signal.empty() && !reloads) return std::string{signal};
    parts.reloads->reload_if_asked(system);
  }
  return {};
}

// Of a tree that ended by itself. That something was unavailable explains it, and is not what became of the node.
[[nodiscard]] exit_code gave_up(const alys::error& cause) {
  const exit_code specific = complain(cause, "the node gave up: ");
  return specific == exit_code::unavailable ? exit_code::supervision : specific;
}

[[nodiscard]] exit_code stop(alys::system& system, const node_config& config, const std::string& why) {
  if (!why.empty()) put(stdout, fmt::format("stopping: {} ...\n", why));
  const alys::shutdown_report report = system.shutdown(config.shutdown_within);
  put(stdout, alys::to_string(report) + "\n");
  const exit_code code = why.empty() ? gave_up(system.end_cause()) : report.in_time ? exit_code::success : exit_code::left_behind;
  if (!report.in_time) std::_Exit(static_cast<int>(code)); // a thread that never came back still uses what would be destroyed now
  return code;
}

} // namespace

exit_code run_node(const node_config& config, const node_options& options) {
  const stop_signals signals; // before any thread starts, so that all of them leave the signals to this one
  equipment parts;
  auto place = place_in_chain(config.chain);
  if (!place) return complain(place.error());
  parts.spec = std::make_shared<const chain_spec>(std::move(place->spec));
  parts.seat = std::move(place->seat);
  // An execution client keeps its states itself.
  auto store = leveldb_store::open(config.data_folder, {.keep_states = config.engine.in_process() ? config.storage.keep_states : 0});
  if (!store) return complain(store.error());
  parts.store = std::move(*store);
  parts.http = std::make_shared<http_listener>(http_config_of(config.api));
  if (!config.tracing.endpoint.empty()) parts.spans = std::make_shared<alys::otlp_exporter>(exporter_options(config.tracing));
  auto executes = place_engine(config, *parts.spec, parts.store);
  if (!executes) return complain(executes.error());
  parts.executes = std::move(*executes);
  parts.log = make_log(config.log);
  if (const auto before = parts.store->migrated_from())
    parts.log.sink(alys::log_level::info, "the store had schema version " + std::to_string(*before) + " and has " +
                                              std::to_string(store_schema_version) +
                                              " now: earlier programs refuse it; states of blocks that it had are not pruned");
  parts.backups = std::make_shared<backup_watch>(parts.log.sink);
  parts.reloads = std::make_shared<reloader>(options.config_file, config,
                                             reload_parts{[&](const node_config& next) { return declare_tree(ports_of(next, parts)); },
                                                          [&](const node_config& next) { parts.log.set_level(next.log.level); }});
  parts.control = std::make_shared<system_control>(measured_parts{.http = parts.http,
                                                                  .store = parts.store,
                                                                  .feeding = parts.executes.feeding,
                                                                  .calls = parts.calls,
                                                                  .backups = parts.backups,
                                                                  .checks = parts.checks,
                                                                  .terminal = parts.terminal,
                                                                  .spans = parts.spans},
                                                   parts.reloads);

  alys::supervisor_spec tree = declare_tree(ports_of(config, parts));
  if (config.dev_faults) {
    if (const auto let_in = parts.control->let_chaos_into(tree, config.chaos); !let_in)
      return complain(alys::fail(alys::category::configuration, "chaos.rules: " + let_in.error().message()));
  }
  try {
    auto system = alys::system::start(std::move(tree), {.health_period = config.health_period,
                                                        .alerts = alert_options_of(config.alerts, parts.log.sink),
                                                        .log = parts.log.sink,
                                                        .tracing = {.sink = parts.spans, .ratio = config.tracing.ratio}});
    parts.control->attach(system);
    parts.terminal->begin(banner_of(config, parts));
    if (const auto kept = parts.reloads->keep_last_good(); !kept) parts.log.sink(alys::log_level::warning, kept.error().text());
    auto manager = service_manager::of_environment();
    manager.ready();
    const std::string why = wait_for_end(system, signals, parts, options, manager);
    manager.stopping();
    put(stdout, parts.control->end_chaos());
    const exit_code code = stop(system, parts.reloads->current(), why);
    parts.control->detach();
    return code;
  } catch (const alys::start_error& e) {
    return complain(e.cause() ? e.cause() : alys::fail(alys::category::configuration, e.what()));
  }
}

} // namespace alysd
