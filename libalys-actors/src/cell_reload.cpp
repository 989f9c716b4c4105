// SPDX-License-Identifier: Apache-2.0
//
// How a cell takes a new configuration: it prepares in its own turn, waits for the decision, and applies or forgets. The messages between
// see the old one. An object that cannot take it now, because it is starting or has failed, takes it when it runs again; the next
// incarnation begins with it in any case.
#include "cell.hpp"
#include "runtime.hpp"

namespace alys::detail {

namespace {
constexpr auto in_prepare = []() noexcept -> std::string_view { return "prepare()"; };
constexpr auto in_apply = []() noexcept -> std::string_view { return "apply()"; };
} // namespace

void cell::heed(std::unique_ptr<reload_order> received) noexcept {
  if (call_in_hand_) { // a message sees one version from its beginning to its end
    if (!reload_) reload_ = std::make_unique<cell_reload>();
    return reload_->waiting.push_back(std::move(received));
  }
  const reload_order& order = *received;
  if (order.step == reload_step::prepare) {
    if (!order.round->closed()) order.answer.give(prepare(order));
    return;
  }
  if (!reload_ || reload_->round != order.round) return;
  reload_->round = nullptr;
  const auto plan = std::move(reload_->plan);
  if (order.step == reload_step::abandon) return;
  reload_->config = order.config;
  reload_->overdue = state_ != nullptr;
  if (plan && reload_->incarnation == life_.incarnation() && can_take_config()) apply(*plan);
  else take_overdue_config();
}

void cell::heed_waiting() noexcept {
  for (auto& order : std::exchange(reload_->waiting, {})) heed(std::move(order));
  take_overdue_config();
}

void cell::heed(const options_order& order) noexcept {
  if (!reload_) reload_ = std::make_unique<cell_reload>();
  reload_->options = order.options;
}

error cell::prepare(const reload_order& order) noexcept {
  if (!reload_) reload_ = std::make_unique<cell_reload>();
  reload_->plan = nullptr;
  if (options().reload_by == reload_by::hooks) {
    if (plan_->type->prepare == nullptr)
      return refuse(errc::not_accepted,
                    "takes no new configuration while it runs: it has no prepare(), and is not declared to be restarted");
    if (can_take_config()) {
      error refusal;
      reload_->plan = make_plan(order.config.get(), refusal);
      if (refusal) return refusal;
    }
  }
  reload_->incarnation = life_.incarnation();
  reload_->round = order.round;
  return {};
}

// What prepare() throws is its refusal: it has changed nothing.
std::unique_ptr<prepared_plan> cell::make_plan(const void* next, error& refusal) noexcept {
  prepare_outcome made;
  working_on_.store(in_prepare, std::memory_order_relaxed);
  message_header conversation;
  turn now_running{&world(), slot(), life_.incarnation(), &state_->sequence, &conversation};
  const turn_scope scope(now_running);
  refusal = error_thrown_by([&] { made = plan_->type->prepare(*state_->object, next); });
  if (!refusal) refusal = std::move(made.refusal);
  return refusal ? nullptr : std::move(made.plan);
}

void cell::apply(prepared_plan& plan) noexcept {
  reload_->overdue = false;
  in_turn(in_apply, {}, failure_source::hook, [&] { plan_->type->apply(*state_->object, plan, reload_->config); });
}

void cell::take_overdue_config() noexcept {
  if (!reload_->overdue || !can_take_config()) return;
  if (options().reload_by == reload_by::hooks) {
    error refusal;
    const auto plan = make_plan(reload_->config.get(), refusal);
    if (!refusal) return apply(*plan);
  }
  tell(report_kind::outdated);
}

} // namespace alys::detail
