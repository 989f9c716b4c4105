// SPDX-License-Identifier: Apache-2.0
#include "call_metrics.hpp"

#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace alysd {

namespace {

// Seconds. A fsync of a good disk is below the first steps, what a slot allows (2 s) before the last.
const prometheus::Histogram::BucketBoundaries steps{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                    0.025,  0.05,    0.1,    0.25,  0.5,    1.0,   2.5};

[[nodiscard]] const char* in_a_word(const alys::error& outcome) noexcept {
  if (!outcome) return "done";
  return outcome.failed() ? "failed" : "refused";
}

[[nodiscard]] double in_seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

} // namespace

struct call_metrics::series {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Histogram>& engine = prometheus::BuildHistogram()
                                                          .Name("alys_engine_call_seconds")
                                                          .Help("How long calls to the execution engine took, by function and outcome.")
                                                          .Register(registry);
  prometheus::Family<prometheus::Histogram>& store = prometheus::BuildHistogram()
                                                         .Name("alys_store_call_seconds")
                                                         .Help("How long writes to the store took, by function and outcome.")
                                                         .Register(registry);
  prometheus::Family<prometheus::Histogram>& imports = prometheus::BuildHistogram()
                                                           .Name("alys_import_seconds")
                                                           .Help("How long the stages of an import took: rules, execution, commit.")
                                                           .Register(registry);
  prometheus::Histogram& checking = imports.Add({{"stage", "check"}}, steps);
  prometheus::Histogram& executing = imports.Add({{"stage", "execute"}}, steps);
  prometheus::Histogram& committing = imports.Add({{"stage", "commit"}}, steps);
};

class call_metrics::import_stages final : public alys::domain::chain_listener {
public:
  import_stages(std::shared_ptr<series> to, std::shared_ptr<chain_listener> next) : to_(std::move(to)), next_(std::move(next)) {}

  void imported(const alys::domain::imported_block& block) noexcept override {
    to_->checking.Observe(in_seconds(block.checked));
    to_->executing.Observe(in_seconds(block.executed - block.checked));
    to_->committing.Observe(in_seconds(block.took - block.executed));
    next_->imported(block);
  }
  void state_changed(alys::domain::chain_state state) noexcept override { next_->state_changed(state); }

private:
  std::shared_ptr<series> to_;
  std::shared_ptr<chain_listener> next_;
};

call_metrics::call_metrics() : series_(std::make_shared<series>()) {}
call_metrics::~call_metrics() = default;

alys::domain::call_observer call_metrics::observer() {
  return [all = series_](const alys::domain::observed_call& what) {
    auto& family = what.port == "engine" ? all->engine : all->store;
    family.Add({{"call", std::string{what.call}}, {"outcome", in_a_word(what.outcome)}}, steps).Observe(in_seconds(what.took));
  };
}

std::shared_ptr<alys::domain::chain_listener> call_metrics::listener(std::shared_ptr<alys::domain::chain_listener> next) {
  return std::make_shared<import_stages>(series_, std::move(next));
}

std::string call_metrics::text() const { return prometheus::TextSerializer{}.Serialize(series_->registry.Collect()); }

} // namespace alysd
