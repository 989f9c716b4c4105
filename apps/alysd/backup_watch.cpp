// SPDX-License-Identifier: Apache-2.0
#include "backup_watch.hpp"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <chrono>

namespace alysd {

using namespace alys::domain;

namespace {

using steady = std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

} // namespace

struct backup_watch::series {
  alys::log_sink log;
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& backups =
      prometheus::BuildCounter().Name("alys_backups_total").Help("Backups of the running node, by outcome.").Register(registry);
  prometheus::Counter& made = backups.Add({{"outcome", "made"}});
  prometheus::Counter& failed = backups.Add({{"outcome", "failed"}});
  prometheus::Family<prometheus::Gauge>& last_time = prometheus::BuildGauge()
                                                         .Name("alys_backup_last_made_timestamp_seconds")
                                                         .Help("When the last backup was complete, in Unix time.")
                                                         .Register(registry);
  prometheus::Family<prometheus::Gauge>& last_took =
      prometheus::BuildGauge().Name("alys_backup_last_made_seconds").Help("How long the last backup took.").Register(registry);
  prometheus::Family<prometheus::Gauge>& last_bytes =
      prometheus::BuildGauge().Name("alys_backup_last_made_bytes").Help("How large the last backup is.").Register(registry);

  explicit series(alys::log_sink to) : log(std::move(to)) {}

  void ended(const alys::result<made_backup>& outcome, seconds took) {
    if (outcome == backup_refusal::interrupted) return; // the node stops
    if (!outcome) {
      failed.Increment();
      return log(alys::log_level::error, "no backup was made: " + outcome.error().text());
    }
    made.Increment();
    last_time.Add({}).Set(seconds{std::chrono::system_clock::now().time_since_epoch()}.count());
    last_took.Add({}).Set(took.count());
    last_bytes.Add({}).Set(static_cast<double>(outcome->bytes));
    log(alys::log_level::info, fmt::format("backup {} was made in {:.1f} s: {} bytes, head at height {}", outcome->folder, took.count(),
                                           outcome->bytes, outcome->head.height.value()));
  }
};

class backup_watch::watched_work final : public backup_in_work {
public:
  watched_work(std::unique_ptr<backup_in_work> work, std::shared_ptr<series> to) : work_(std::move(work)), to_(std::move(to)) {}

  std::optional<alys::result<made_backup>> outcome() override {
    auto known = work_->outcome();
    if (known) to_->ended(*known, steady::now() - begun_);
    return known;
  }

private:
  std::unique_ptr<backup_in_work> work_;
  std::shared_ptr<series> to_;
  steady::time_point begun_ = steady::now();
};

class backup_watch::watched final : public chain_backups {
public:
  watched(std::shared_ptr<chain_backups> backups, std::shared_ptr<series> to) : backups_(std::move(backups)), to_(std::move(to)) {}

  alys::result<std::unique_ptr<backup_in_work>> begin(const std::optional<std::string>& name) override {
    auto begun = backups_->begin(name);
    if (!begun) return begun; // a wrong name: the caller's affair, and no backup
    return std::unique_ptr<backup_in_work>{std::make_unique<watched_work>(*std::move(begun), to_)};
  }

private:
  std::shared_ptr<chain_backups> backups_;
  std::shared_ptr<series> to_;
};

backup_watch::backup_watch(alys::log_sink log) : series_(std::make_shared<series>(std::move(log))) {}
backup_watch::~backup_watch() = default;

std::shared_ptr<chain_backups> backup_watch::watch(std::shared_ptr<chain_backups> backups) {
  return std::make_shared<watched>(std::move(backups), series_);
}

std::string backup_watch::text() const { return prometheus::TextSerializer{}.Serialize(series_->registry.Collect()); }

} // namespace alysd
