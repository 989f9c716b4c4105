// SPDX-License-Identifier: Apache-2.0
//
// The slot of a child that is no actor of ours. To its supervisor it is what a cell is: the same commands, the same reports, the same
// states. It has no mailbox of its own: what is hosted in it brings whatever it needs.
//
// It never runs the hosted thing's code for long, so it answers its supervisor whatever that is stuck in. Two lives are never at once: one
// that was given up keeps the slot until nothing of it runs any more.
#pragma once

#include "guest.hpp"
#include "life_record.hpp"
#include "reload_round.hpp"
#include "supervised.hpp"

#include <alys/actors/child_options.hpp>

namespace alys::detail {

class foreign_slot final : public supervised {
public:
  foreign_slot(std::unique_ptr<guest> what, std::shared_ptr<const child_options> options, std::string path);

  void set_supervisor(std::shared_ptr<report_sink> supervisor, std::uint32_t child) override;
  void never_run(runtime& world) noexcept override;
  void turn_away_queued() noexcept override {}
  // It has no door to narrow, so that it is shut or open: whoever probes it comes in.
  void narrow_door(std::uint32_t room) noexcept override { shut_.store(room == 0, std::memory_order_relaxed); }
  void open_door() noexcept override { shut_.store(false, std::memory_order_relaxed); }

  [[nodiscard]] admission push(data_ptr&) noexcept override { return admission::stopped; }
  void bounce(data_ptr message, admission why) noexcept override;
  void deliver(reply_ptr) noexcept override {}
  [[nodiscard]] const actor_type* type() const noexcept override { return nullptr; }
  [[nodiscard]] std::string holds() const override { return guest_->type(); }
  void describe(tree_node& into) const override;
  [[nodiscard]] std::chrono::nanoseconds up_until(std::chrono::nanoseconds now) const noexcept override { return life_.up_until(now); }
  [[nodiscard]] bool idle() const noexcept override { return working_since_.load(std::memory_order_relaxed) < idle_mark; }

  [[nodiscard]] guest& hosts() const noexcept { return *guest_; }
  // Its breaker is open: nothing may be passed on. Any thread.
  [[nodiscard]] bool shut() const noexcept { return shut_.load(std::memory_order_relaxed); }
  // A message for what is hosted here met nobody: a dead letter, unless its sender is told. Any thread.
  void turned_away(std::string_view message, bool sender_is_told) noexcept;

private:
  enum class stage : std::uint8_t { down, starting, up, ending };
  enum class purpose : std::uint8_t { none, halt, stop };
  static constexpr std::chrono::nanoseconds idle_mark{0};

  void on_control(envelope_ptr control) noexcept override;
  void on_time(std::chrono::nanoseconds) noexcept override {}
  void obey(const command& order) noexcept;
  void heed(foreign_news& news) noexcept;
  void heed(const reload_order& order) noexcept;

  void start(std::uint32_t probes) noexcept;
  void started() noexcept;
  void ended(error why) noexcept;
  void over(error why) noexcept;
  void resume() noexcept;
  void come_down(purpose why) noexcept;
  void came_down(const error& why) noexcept;
  void give_up() noexcept;
  void end_life() noexcept;
  void terminate() noexcept;
  void note_verdict(health_report said) noexcept;
  void fail(error what, failure_source source) noexcept;
  void at(stage next) noexcept;
  void advance(lifecycle_state to, const error& cause = {}) noexcept { life_.advance(world(), path(), to, world().now(), cause); }
  void tell(report_kind kind, error cause = {}, failure_source source = failure_source::returned) noexcept;

  const std::unique_ptr<guest> guest_;
  mutable std::mutex options_mutex_; // they change rarely, and people look at them
  std::shared_ptr<const child_options> options_;
  std::shared_ptr<report_sink> supervisor_;
  std::uint32_t child_ = 0;
  std::uint32_t probes_ = 0; // that a breaker waits for
  stage stage_ = stage::down;
  purpose purpose_ = purpose::none; // why it comes down
  bool suspended_ = false;          // it failed, and its supervisor's word is awaited
  bool begun_ = false;
  std::optional<error> end_meanwhile_;           // it ended while that word was awaited
  std::shared_ptr<const hosted_plan> next_plan_; // of the next life; null: the one it has

  std::atomic<bool> gone_{false};
  std::atomic<bool> shut_{false};
  std::atomic<bool> starts_{false}; // else it ends, if it is at work
  std::atomic<std::chrono::nanoseconds> working_since_{std::chrono::nanoseconds{-1}};
  std::atomic<std::uint64_t> turned_away_{0};
  life_record life_;
};

} // namespace alys::detail
