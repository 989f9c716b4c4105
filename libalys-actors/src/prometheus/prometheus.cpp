// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/prometheus.hpp>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace alys {

namespace {

using labels = std::vector<prometheus::ClientMetric::Label>;

class family {
public:
  family(const char* name, const char* help, prometheus::MetricType type) : content_{name, help, type, {}} {}
  void add(labels of, double value) {
    prometheus::ClientMetric metric;
    metric.label = std::move(of);
    if (content_.type == prometheus::MetricType::Counter) metric.counter.value = value;
    else metric.gauge.value = value;
    content_.metric.push_back(std::move(metric));
  }
  [[nodiscard]] const prometheus::MetricFamily& content() const noexcept { return content_; }

private:
  prometheus::MetricFamily content_;
};

// Whose number it is.
enum class whose : std::uint8_t { all, actors, supervisors, with_breaker };

[[nodiscard]] bool concerns(whose w, const tree_node& node) noexcept {
  switch (w) {
    case whose::all: return true;
    case whose::actors: return !node.supervisor;
    case whose::supervisors: return node.supervisor;
    case whose::with_breaker: return node.breaker.has_value();
  }
  return false;
}

constexpr double nothing_to_say = std::numeric_limits<double>::quiet_NaN();

// What becomes of it for all children of a template together, so that there is one series a template, however many come and go.
enum class together : std::uint8_t { sum, least, most };

// One number of a slot, or nothing to say.
struct series {
  family into;
  std::function<double(const tree_node&)> value;
  whose of;
  together how = together::sum;
};

[[nodiscard]] double number(std::uint64_t n) noexcept { return static_cast<double>(n); }

[[nodiscard]] series counter(const char* name, const char* help, std::uint64_t message_counts::*field) {
  return {{name, help, prometheus::MetricType::Counter}, [field](const tree_node& n) { return number(n.messages.*field); }, whose::actors};
}

[[nodiscard]] std::vector<series> all_series() {
  using enum prometheus::MetricType;
  std::vector<series> all;
  all.push_back({{"alys_actor_up", "1 while the slot runs.", Gauge},
                 [](const tree_node& n) { return n.state == lifecycle_state::running ? 1.0 : 0.0; },
                 whose::all});
  all.push_back({{"alys_actor_healthy", "1 if healthy, 0.5 if degraded, else 0.", Gauge},
                 [](const tree_node& n) {
                   return n.health.state == health_state::healthy ? 1.0 : n.health.state == health_state::degraded ? 0.5 : 0.0;
                 },
                 whose::all,
                 together::least});
  all.push_back({{"alys_actor_incarnation", "Which life of the slot this is.", Gauge},
                 [](const tree_node& n) { return number(n.incarnation); },
                 whose::all,
                 together::most});
  all.push_back({{"alys_actor_uptime_seconds", "How long this life of the slot has been running.", Gauge},
                 [](const tree_node& n) {
                   return n.state == lifecycle_state::running ? std::chrono::duration<double>(n.uptime).count() : nothing_to_say;
                 },
                 whose::all,
                 together::least});
  all.push_back(
      {{"alys_actor_restarts_total", "Restarts ever.", Counter}, [](const tree_node& n) { return number(n.restarts); }, whose::all});
  all.push_back({{"alys_supervisor_escalations_total", "Failures below that the supervisor could not heal.", Counter},
                 [](const tree_node& n) { return number(n.escalations); },
                 whose::supervisors});
  all.push_back(counter("alys_actor_handled_total", "Messages handled.", &message_counts::handled));
  all.push_back(counter("alys_actor_refused_total", "Messages refused by their handler.", &message_counts::refused));
  all.push_back(counter("alys_actor_failed_total", "Messages whose handler failed.", &message_counts::failed));
  all.push_back(counter("alys_actor_rejected_total", "Messages turned away by a full or stopped mailbox.", &message_counts::rejected));
  all.push_back(counter("alys_actor_dropped_total", "Messages dropped by the mailbox's policy.", &message_counts::dropped));
  all.push_back(counter("alys_actor_undelivered_total", "Messages accepted and never handled.", &message_counts::undelivered));
  all.push_back(counter("alys_actor_redelivered_total", "Messages handled again after a restart.", &message_counts::redelivered));
  const auto gauge = [](const char* name, const char* help, std::uint64_t message_counts::*field) -> series {
    return {{name, help, Gauge}, [field](const tree_node& n) { return number(n.messages.*field); }, whose::actors};
  };
  all.push_back(gauge("alys_actor_parked", "Messages that wait for room at the mailbox.", &message_counts::parked));
  all.push_back(gauge("alys_actor_stashed", "Messages set aside by the actor.", &message_counts::stashed));
  all.push_back(gauge("alys_actor_quarantined", "Messages in quarantine, because they kill the actor.", &message_counts::quarantined));
  all.push_back({{"alys_actor_queue_depth", "Messages queued, both priorities.", Gauge},
                 [](const tree_node& n) { return number(n.messages.queued); },
                 whose::actors});
  all.push_back({{"alys_actor_queue_high_water", "Most normal messages ever queued.", Gauge},
                 [](const tree_node& n) { return number(n.normal.high_water); },
                 whose::actors,
                 together::most});
  all.push_back({{"alys_actor_busy_seconds", "How long the batch in work has been running.", Gauge},
                 [](const tree_node& n) { return std::chrono::duration<double>(n.busy_for).count(); },
                 whose::actors,
                 together::most});
  all.push_back({{"alys_actor_breaker_state", "0 while its circuit breaker is closed, 0.5 half-open, 1 open.", Gauge},
                 [](const tree_node& n) {
                   return n.breaker->state == breaker_state::open ? 1.0 : n.breaker->state == breaker_state::half_open ? 0.5 : 0.0;
                 },
                 whose::with_breaker,
                 together::most});
  all.push_back({{"alys_actor_breaker_openings_total", "Times its circuit breaker opened.", Counter},
                 [](const tree_node& n) { return number(n.breaker->openings); },
                 whose::with_breaker});
  all.push_back(
      {{"alys_actor_progress_age_seconds", "How long ago the last batch that handled a message began.", Gauge},
       [](const tree_node& n) { return n.last_progress ? std::chrono::duration<double>(*n.last_progress).count() : nothing_to_say; },
       whose::actors,
       together::most});
  all.push_back({{"alys_actor_stuck", "1 while a handler runs longer than it may.", Gauge},
                 [](const tree_node& n) { return n.stuck ? 1.0 : 0.0; },
                 whose::all});
  all.push_back({{"alys_actor_health_score", "From 0 to 1: success rate times stability.", Gauge},
                 [](const tree_node& n) { return n.score; },
                 whose::all,
                 together::least});
  return all;
}

[[nodiscard]] double all_together(together how, const std::vector<double>& values) {
  switch (how) {
    case together::sum: return std::accumulate(values.begin(), values.end(), 0.0);
    case together::least: return *std::ranges::min_element(values);
    case together::most: return *std::ranges::max_element(values);
  }
  return nothing_to_say;
}

// Of all children of a template; what those counted that have left stays counted.
void add_template(const tree_node& supervisor, const departed_children& left, std::vector<series>& all) {
  tree_node gone;
  gone.restarts = left.restarts;
  gone.messages = left.messages;
  for (series& s : all) {
    std::vector<double> values;
    if (s.into.content().type == prometheus::MetricType::Counter && concerns(s.of, gone)) values.push_back(s.value(gone));
    for (const tree_node& child : supervisor.children) {
      if (child.pattern != left.pattern || !concerns(s.of, child)) continue;
      if (const double value = s.value(child); !std::isnan(value)) values.push_back(value);
    }
    if (!values.empty()) s.into.add({{"path", supervisor.path + "/" + left.pattern}}, all_together(s.how, values));
  }
}

void collect(const tree_node& node, std::vector<series>& all) {
  for (series& s : all) {
    if (!concerns(s.of, node)) continue;
    if (const double value = s.value(node); !std::isnan(value)) s.into.add({{"path", node.path}}, value);
  }
  for (const departed_children& left : node.departed) add_template(node, left, all);
  for (const tree_node& child : node.children) {
    if (child.pattern.empty()) collect(child, all);
  }
}

void count_children(const tree_node& node, family& into) {
  for (const departed_children& left : node.departed) {
    const auto present = std::ranges::count(node.children, left.pattern, &tree_node::pattern);
    into.add({{"path", node.path + "/" + left.pattern}}, static_cast<double>(present));
  }
  for (const tree_node& child : node.children) count_children(child, into);
}

} // namespace

std::string prometheus_text(const system& running) {
  const tree_node tree = running.tree();
  std::vector<series> all = all_series();
  collect(tree, all);
  family children("alys_children", "Children of a template that are there.", prometheus::MetricType::Gauge);
  count_children(tree, children);
  std::vector<prometheus::MetricFamily> families;
  for (const series& s : all) {
    if (!s.into.content().metric.empty()) families.push_back(s.into.content());
  }
  if (!children.content().metric.empty()) families.push_back(children.content());
  const reload_status reloads = running.reloads();
  family version("alys_config_version", "The version of the configuration in effect.", prometheus::MetricType::Gauge);
  version.add({}, number(reloads.version));
  families.push_back(version.content());
  family outcomes("alys_config_reloads_total", "Reloads, by what became of them.", prometheus::MetricType::Counter);
  outcomes.add({{"outcome", "applied"}}, number(reloads.applied));
  outcomes.add({{"outcome", "refused"}}, number(reloads.refused));
  families.push_back(outcomes.content());
  family dead("alys_dead_letters_total", "Messages that reached no handler, and answers that reached no asker.",
              prometheus::MetricType::Counter);
  for (const dead_letter_cause cause : all_dead_letter_causes)
    dead.add({{"cause", std::string{to_string(cause)}}}, number(running.dead_letters(cause)));
  families.push_back(dead.content());
  family alive("alys_alive", "1 while the pool's threads do work that is given to them.", prometheus::MetricType::Gauge);
  alive.add({}, running.alive() ? 1.0 : 0.0);
  families.push_back(alive.content());
  family overruns("alys_overruns_total", "Turns that ran longer than they may.", prometheus::MetricType::Counter);
  overruns.add({}, number(running.overruns()));
  families.push_back(overruns.content());
  family raised("alys_alerts_raised", "Alerts that are raised now.", prometheus::MetricType::Gauge);
  const auto alerts = running.alerts();
  for (const alert_level level : {alert_level::warning, alert_level::critical}) {
    const auto of_level = std::count_if(alerts.begin(), alerts.end(), [level](const alert& a) { return a.level == level; });
    raised.add({{"level", std::string{to_string(level)}}}, static_cast<double>(of_level));
  }
  families.push_back(raised.content());
  family deliveries("alys_alert_deliveries_total", "Alerts handed to sinks, by what became of them.", prometheus::MetricType::Counter);
  const alert_counts counts = running.alert_deliveries();
  deliveries.add({{"outcome", "delivered"}}, number(counts.delivered));
  deliveries.add({{"outcome", "failed"}}, number(counts.failed));
  deliveries.add({{"outcome", "dropped"}}, number(counts.dropped));
  families.push_back(deliveries.content());
  return prometheus::TextSerializer{}.Serialize(families);
}

} // namespace alys
