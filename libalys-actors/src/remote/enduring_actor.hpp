// SPDX-License-Identifier: Apache-2.0
//
// An actor that only its own node ends. CAF lets whoever has an actor's address send it an exit message, from other nodes too, and nobody
// can trap a kill.
#pragma once

#include <caf/all.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace alys::detail {

class enduring_actor final : public caf::event_based_actor {
public:
  using body = std::function<caf::behavior(caf::event_based_actor*)>;
  enduring_actor(caf::actor_config& config, std::shared_ptr<const std::atomic<bool>> may_end, body what)
      : caf::event_based_actor(config), may_end_(std::move(may_end)), body_(std::move(what)) {}

  using caf::event_based_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* on) override {
    if (what->content().match_elements<caf::exit_msg>() && !may_end_->load()) return;
    caf::event_based_actor::enqueue(std::move(what), on);
  }

protected:
  caf::behavior make_behavior() override { return std::exchange(body_, nullptr)(this); } // what it holds goes

private:
  const std::shared_ptr<const std::atomic<bool>> may_end_;
  body body_;
};

} // namespace alys::detail
