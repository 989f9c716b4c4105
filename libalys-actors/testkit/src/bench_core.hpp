// SPDX-License-Identifier: Apache-2.0
//
// What stands behind a bench: the declaration until it starts, the system over a virtual backend afterwards.
#pragma once

#include "fault_book.hpp"
#include "virtual_backend.hpp"

#include <alys/testkit/bench.hpp>

#include <set>

namespace alys::testkit::detail {

class bench_core final : public driver {
public:
  bench_core(supervisor_spec tree, bench_options options);

  [[nodiscard]] supervisor_spec& declaration();
  void start();
  [[nodiscard]] alys::system& system();
  [[nodiscard]] virtual_backend& time();
  [[nodiscard]] recorder& seen() noexcept { return *seen_; }
  [[nodiscard]] std::string name_for(std::string_view type);
  [[nodiscard]] slot_faults& faults_of(const alys::detail::process& slot);

  [[nodiscard]] bool run_until(const std::function<bool()>& done, std::chrono::nanoseconds within);
  bool run_until_and_rest(const std::function<bool()>& done, std::chrono::nanoseconds within) override;
  [[nodiscard]] std::chrono::nanoseconds now() const noexcept { return system_ ? time_->now() : std::chrono::nanoseconds::zero(); }
  // Shuts down; nothing can be run afterwards.
  void end();
  void rest();

private:
  bench_options options_;
  std::shared_ptr<recorder> seen_ = std::make_shared<recorder>();
  std::unique_ptr<virtual_backend> unused_time_; // until the start
  virtual_backend* time_;
  fault_book faults_;
  std::optional<supervisor_spec> tree_;
  std::optional<alys::system> system_;
  std::set<std::string> names_;
  bool ended_ = false;
};

} // namespace alys::testkit::detail
