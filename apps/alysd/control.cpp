// SPDX-License-Identifier: Apache-2.0
#include "control.hpp"

#include "node_metrics.hpp"

#include <alys/actors/prometheus.hpp>

#include <nlohmann/json.hpp>

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
  const auto http = http_.lock();
  return alys::prometheus_text(*system_) + node_metrics(http ? http->counters() : http_server_counters{}, *store_) +
         tracing_metrics(spans_ ? spans_->counts() : alys::otlp_counts{});
}

alys::result<void> system_control::inject_fault(const std::string& path, injected_failure how) {
  const std::lock_guard guard(mutex_);
  if (system_ == nullptr) return alys::refuse(alys::errc::not_running);
  return system_->inject_fault(path, how == injected_failure::exception ? alys::injected_fault::exception : alys::injected_fault::failure);
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
