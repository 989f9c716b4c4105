// SPDX-License-Identifier: Apache-2.0
#include "control.hpp"

#include "chaos_rules.hpp"
#include "node_metrics.hpp"

#include <alys/actors/prometheus.hpp>
#include <alys/domain/api/eth_encoding.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace alysd {

using namespace alys::domain;

void system_control::attach(alys::system& system) {
  const std::lock_guard guard(mutex_);
  system_ = &system;
}

void system_control::detach() {
  const std::lock_guard guard(mutex_);
  system_ = nullptr;
}

bool system_control::alive() const {
  const std::lock_guard guard(mutex_);
  return system_ == nullptr || system_->alive(); // before its start and at its end it is busy with that
}

node_readiness system_control::readiness() const {
  const std::lock_guard guard(mutex_);
  if (system_ == nullptr) return {false, "starting"};
  const alys::health_report health = system_->tree().health;
  return {alys::ready(health.state), health.why};
}

std::string system_control::tree() const {
  const std::lock_guard guard(mutex_);
  return system_ != nullptr ? alys::to_json(system_->tree()) : "null";
}

std::string system_control::ask_edges() const {
  const std::lock_guard guard(mutex_);
  nlohmann::json edges = nlohmann::json::array();
  if (system_ == nullptr) return edges.dump();
  for (const std::string& edge : system_->ask_edges()) {
    const auto arrow = edge.find(" -> ");
    edges.push_back({edge.substr(0, arrow), edge.substr(arrow + 4)});
  }
  return edges.dump();
}

std::string system_control::metrics() const {
  const std::lock_guard guard(mutex_);
  if (system_ == nullptr) return {};
  const auto http = parts_.http.lock();
  return alys::prometheus_text(*system_) +
         node_metrics(http ? http->counters() : http_server_counters{}, *parts_.store, parts_.terminal->state()) +
         client_metrics(parts_.feeding.get()) + parts_.calls->text() + parts_.backups->text() + parts_.checks->text() +
         tracing_metrics(parts_.spans ? parts_.spans->counts() : alys::otlp_counts{});
}

alys::result<void> system_control::inject_fault(const std::string& path, injected_failure how) {
  const std::lock_guard guard(mutex_);
  if (system_ == nullptr) return alys::refuse(alys::errc::not_running);
  return system_->inject_fault(path, how == injected_failure::exception ? alys::injected_fault::exception : alys::injected_fault::failure);
}

alys::result<void> system_control::let_chaos_into(const alys::supervisor_spec& tree, const chaos_config& configured) {
  configured_ = configured;
  trouble_.emplace(alys::chaos_options{.rules = {{.paths = "*"}}, .on = false});
  trouble_->join(tree);
  return configured.rules.empty() ? alys::result<void>{} : inject_chaos(configured.seed, {});
}

alys::result<void> system_control::inject_chaos(std::uint64_t seed, const std::optional<std::vector<json_value>>& rules) {
  if (!trouble_) return alys::refuse(alys::errc::not_running);
  alys::chaos_options next{.seed = seed, .rules = configured_.rules};
  if (rules) {
    auto read = read_chaos_rules(*rules);
    if (!read) return read.error();
    next.rules = std::move(*read);
  }
  const auto begun = trouble_->begin(std::move(next));
  if (begun == alys::errc::out_of_range) return alys::refuse(argument_error::invalid, begun.error().text());
  return begun;
}

void system_control::stop_chaos() {
  if (trouble_) trouble_->turn_off();
}

std::string system_control::end_chaos() {
  stop_chaos();
  const std::lock_guard guard(mutex_);
  if (!trouble_ || system_ == nullptr) return {};
  const auto counts = trouble_->counts();
  const bool met_any = std::ranges::any_of(counts, [](const alys::chaos_count& c) { return c.seen > 0; });
  return met_any ? trouble_->report(system_->tree()) : std::string{};
}

std::string system_control::chaos() const {
  const std::lock_guard guard(mutex_);
  return trouble_ && system_ != nullptr ? trouble_->report_json(system_->tree()) : "null";
}

alys::result<void> system_control::reload_config() {
  const auto reloads = reloads_.lock();
  if (!reloads) return alys::refuse(alys::errc::not_running);
  if (!reloads->ask("JSON-RPC")) return alys::refuse(alys::errc::out_of_range, "this node was started without a configuration file");
  return {};
}

std::string system_control::reloads() const {
  const auto reloads = reloads_.lock();
  return reloads ? reloads->status() : "null";
}

} // namespace alysd
