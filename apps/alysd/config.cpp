// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"

#include "version.hpp"

#include <alys/actors/tracing.hpp>
#include <alys/actors/watchdog.hpp>
#include <alys/actors/webhook.hpp>
#include <alys/domain/chain/dev_spec.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

namespace alysd {

namespace {

using std::chrono::milliseconds;

void check_range(alys::problem_list& problems, const char* name, milliseconds value, milliseconds least, milliseconds most) {
  if (value >= least && value <= most) return;
  problems.push_back({name, "must be from " + std::to_string(least.count()) + "ms to " + std::to_string(most.count()) + "ms"});
}

template <std::size_t N>
void check_word(alys::problem_list& problems, const char* name, const std::string& value, const std::array<std::string_view, N>& words) {
  if (std::ranges::find(words, value) != words.end()) return;
  std::string allowed;
  for (const auto word : words) allowed += (allowed.empty() ? "" : ", ") + std::string{word};
  problems.push_back({name, "\"" + value + "\" is not one of: " + allowed});
}

[[nodiscard]] alys::webhook_options webhook_options_of(const alerts_config& config) {
  return {.url = config.webhook, .deadline = config.webhook_timeout};
}

} // namespace

void chain_config::validate(alys::problem_list& problems) const {
  check_range(problems, "slot_duration", slot_duration, milliseconds{100}, std::chrono::hours{1});
  if (const auto parsed = alys::domain::address::from_hex(fee_recipient); !parsed)
    problems.push_back({"fee_recipient", "must be an address, 0x and 40 hexadecimal digits: " + parsed.error().text()});
  else if (!authority_key.empty() && *parsed == alys::domain::dev_account)
    problems.push_back({"fee_recipient", "must be an address of your own: everybody knows the key of " + fee_recipient});
  if (!spec.empty() && slot_duration != chain_config{}.slot_duration)
    problems.push_back({"slot_duration", "must be left out: it stands in the chain spec"});
  if (spec.empty() && !authority_key.empty())
    problems.push_back({"authority_key", "must be empty without a chain spec: the development chain has a key that everybody knows"});
}

void engine_config::validate(alys::problem_list& problems) const {
  check_word(problems, "kind", kind, std::array<std::string_view, 4>{"ledger", "ethereumjs", "geth", "external"});
  const bool started = !in_process() && !external();
  const auto only_with = [&](bool fits, const char* name, const char* kinds) {
    if (!fits) problems.push_back({name, "must be left out: it is for " + std::string{kinds} + ", and engine.kind is \"" + kind + "\""});
  };
  only_with(started || program.empty(), "program", "\"ethereumjs\" and \"geth\"");
  only_with(external() || host == engine_config{}.host, "host", "\"external\"");
  only_with(external() || secret.empty(), "secret", "\"external\"");
  if (kind == "geth" && program.empty()) problems.push_back({"program", "must be the file of geth"});
  if (kind == "ethereumjs" && program.empty())
    problems.push_back({"program", "must be the file dist/esm/bin/cli.js of @ethereumjs/client, where npm has installed it"});
  if (external() && secret.empty())
    problems.push_back({"secret", "must be the file with the secret that the client was given (--authrpc.jwtsecret, --jwtSecret)"});
  if (external() && host.empty()) problems.push_back({"host", "must be a name or an address"});
  if (engine_port == 0) problems.push_back({"engine_port", "must be from 1 to 65535"});
  if (rpc_port == 0) problems.push_back({"rpc_port", "must be from 1 to 65535"});
  if (started && engine_port == rpc_port) problems.push_back({"rpc_port", "must be another port than engine_port"});
  check_range(problems, "build_time", build_time, milliseconds{0}, std::chrono::seconds{10});
  check_range(problems, "ready_within", ready_within, milliseconds{100}, std::chrono::hours{1});
  check_range(problems, "block_timeout", block_timeout, milliseconds{100}, std::chrono::minutes{1});
  check_range(problems, "payload_timeout", payload_timeout, milliseconds{100}, std::chrono::minutes{1});
  check_range(problems, "read_timeout", read_timeout, milliseconds{100}, std::chrono::minutes{1});
}

void api_settings::validate(alys::problem_list& problems) const {
  if (address.empty()) problems.push_back({"address", "must be a numeric IPv4 or IPv6 address"});
  if (max_connections == 0 || max_connections > 100'000) problems.push_back({"max_connections", "must be from 1 to 100000"});
  if (max_body_bytes < 1'024 || max_body_bytes > 1'073'741'824) problems.push_back({"max_body_bytes", "must be from 1024 to 1073741824"});
  check_range(problems, "idle_timeout", idle_timeout, milliseconds{100}, std::chrono::hours{1});
  check_range(problems, "request_timeout", request_timeout, milliseconds{100}, std::chrono::minutes{10});
}

void storage_config::validate(alys::problem_list& problems) const {
  constexpr std::uint64_t fewest_states = 64; // far more than blocks wait for the store, or readers are behind
  if (keep_states > 0 && keep_states < fewest_states) problems.push_back({"keep_states", "must be 0, which keeps all, or at least 64"});
  if (check_period == milliseconds{0}) return;
  check_range(problems, "check_period", check_period, std::chrono::seconds{1}, std::chrono::hours{24 * 365});
}

void log_config::validate(alys::problem_list& problems) const {
  check_word(problems, "format", format, std::array<std::string_view, 3>{"automatic", "human", "json"});
  check_word(problems, "level", level, std::array<std::string_view, 4>{"debug", "info", "warning", "error"});
}

alys::otlp_options exporter_options(const tracing_config& config) {
  alys::otlp_options options;
  options.endpoint = config.endpoint;
  options.service_name = config.service_name;
  options.resource = {{"service.version", version}};
  options.queue = config.queue;
  options.batch = config.batch;
  options.interval = config.interval;
  options.timeout = config.timeout;
  options.flush_within = config.flush_within;
  return options;
}

void tracing_config::validate(alys::problem_list& problems) const {
  alys::tracing_options{.ratio = ratio}.validate(problems);
  auto options = exporter_options(*this);
  if (endpoint.empty()) options.endpoint = alys::otlp_options{}.endpoint;
  options.validate(problems);
}

void alert_thresholds::validate(alys::problem_list& problems) const {
  const auto check = [&](const char* name, double value) {
    if (!(value >= 0) || std::isinf(value)) problems.push_back({name, "must be at least 0, and finite; 0: never"});
  };
  check("warning", warning);
  check("critical", critical);
  if (critical > 0 && critical < warning) problems.push_back({"critical", "must be at least warning, or 0 for never"});
}

void alerts_config::validate(alys::problem_list& problems) const {
  check_range(problems, "period", period, alys::watchdog_options{}.period, std::chrono::hours{24}); // it is the watchdog who looks
  check_range(problems, "webhook_timeout", webhook_timeout, milliseconds{1}, std::chrono::hours{1});
  if (webhook.empty()) return;
  if (const auto made = alys::make_webhook(webhook_options_of(*this)); !made) problems.push_back({"webhook", made.error().text()});
}

alys::alert_options alert_options_of(const alerts_config& config, const alys::log_sink& log) {
  alys::alert_options all;
  all.period = config.period;
  if (config.health) all.rules.push_back(alys::alert_on_health());
  const auto add = [&](const alert_thresholds& at, alys::alert_rule (*rule)(alys::alert_limits)) {
    if (at.warning <= 0 && at.critical <= 0) return;
    constexpr double never = std::numeric_limits<double>::infinity();
    alys::alert_limits limits{.warning = at.warning > 0 ? at.warning : never, .critical = at.critical > 0 ? at.critical : never};
    limits.hysteresis = 0.2 * std::min(limits.warning, limits.critical);
    all.rules.push_back(rule(limits));
  };
  add(config.queue, alys::alert_on_queue);
  add(config.busy, alys::alert_on_busy);
  add(config.restarts, alys::alert_on_restarts);
  if (config.log) all.sinks.push_back(alys::alerts_to_log(log));
  if (!config.webhook.empty()) all.sinks.push_back(alys::make_webhook(webhook_options_of(config)).value());
  return all;
}

void node_config::validate(alys::problem_list& problems) const {
  if (data_folder.empty()) problems.push_back({"data_folder", "must not be empty"});
  check_range(problems, "health_period", health_period, milliseconds{100}, std::chrono::hours{24});
  check_range(problems, "shutdown_within", shutdown_within, milliseconds{100}, std::chrono::minutes{10});
  if (!engine.in_process() && chain.spec.empty() && chain.slot_duration < std::chrono::seconds{1})
    problems.push_back(
        {"chain.slot_duration", "must be at least 1s with an execution client: each of its blocks needs a second of its own"});
  if (!dev_faults && !chaos.rules.empty()) problems.push_back({"chaos.rules", "make actors fail, which needs dev_faults = true"});
}

} // namespace alysd
