// SPDX-License-Identifier: Apache-2.0
#include "state_checks.hpp"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace alysd {

struct state_checks::series {
  prometheus::Registry registry;
  prometheus::Counter& nodes = prometheus::BuildCounter()
                                   .Name("alys_state_check_nodes_total")
                                   .Help("Nodes of the state that the background check has looked at.")
                                   .Register(registry)
                                   .Add({});
  prometheus::Counter& checks = prometheus::BuildCounter()
                                    .Name("alys_state_checks_total")
                                    .Help("Checks of a whole state that came to their end.")
                                    .Register(registry)
                                    .Add({});
  prometheus::Gauge& last = prometheus::BuildGauge()
                                .Name("alys_state_check_last_timestamp_seconds")
                                .Help("When the last check of a whole state came to its end, in Unix time; 0: none has in this run.")
                                .Register(registry)
                                .Add({});
};

state_checks::state_checks() : series_(std::make_shared<series>()) {}
state_checks::~state_checks() = default;

alys::domain::state_check_listener state_checks::listener(alys::log_sink log) {
  return [all = series_, log = std::move(log)](const alys::domain::state_check_step& step) {
    all->nodes.Increment(static_cast<double>(step.nodes));
    if (!step.last) return;
    all->checks.Increment();
    all->last.SetToCurrentTime();
    log(alys::log_level::info,
        fmt::format("the state is whole up to the final block {}: {} nodes checked", step.final_block.height.value(), step.nodes_so_far));
  };
}

std::string state_checks::text() const { return prometheus::TextSerializer{}.Serialize(series_->registry.Collect()); }

} // namespace alysd
