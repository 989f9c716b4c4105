// SPDX-License-Identifier: Apache-2.0
//
// CAF as the source of threads and time: an actor_system, its scheduler and its clock.
#pragma once

#include "../backend.hpp"
#include "own_thread.hpp"
#include "unit.hpp"

#include <caf/actor_system_config.hpp>

#include <list>

namespace alys::detail {

struct backend_options {
  std::size_t threads = 0;
  std::size_t messages_per_turn = 300;
  bool deterministic = false; // CAF's test scheduler and clock; slots with a thread of their own run in the one queue too
};

class caf_backend final : public backend {
public:
  explicit caf_backend(const backend_options& options);
  ~caf_backend() override;

  [[nodiscard]] std::chrono::nanoseconds now() const noexcept override;
  [[nodiscard]] std::unique_ptr<executor> host(std::shared_ptr<scheduled> what, bool own_thread) override;
  [[nodiscard]] bool on_pool_thread() const noexcept override;
  [[nodiscard]] bool on_own_thread() const noexcept override;
  void beat(const std::shared_ptr<pulse>& which) override;
  [[nodiscard]] caf::actor_system& system() noexcept { return *system_; }
  [[nodiscard]] bool deterministic() const noexcept { return deterministic_; }

private:
  std::unique_ptr<caf::actor_system_config> config_;
  std::unique_ptr<caf::actor_system> system_;
  bool deterministic_;
  std::mutex threads_mutex_;
  std::list<detail::own_thread> threads_; // of slots with a thread of their own; joined before the rest goes
};

} // namespace alys::detail
