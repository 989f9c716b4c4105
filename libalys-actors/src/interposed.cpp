// SPDX-License-Identifier: Apache-2.0
#include "interposed.hpp"

#include "cell.hpp"

#include <alys/actors/actor.hpp>

namespace alys::detail {

namespace {

// The actor around the actor.
class interposed_actor final : public actor_base {
public:
  // Each base takes the registration that is open on this thread, so it is opened a second time for the actor inside.
  interposed_actor(std::shared_ptr<interceptor> by, construction* here, const std::function<std::unique_ptr<actor_base>()>& build)
      : by_(std::move(by)), inner_((current_construction() = here, build())) {}

  [[nodiscard]] static handler_outcome handle(actor_base& base, data_envelope& m) {
    auto& self = static_cast<interposed_actor&>(base);
    const turn& here = *current_turn();
    const late_messages* late = here.in_hand != nullptr ? here.self->late() : nullptr;
    if (late != nullptr && late->in_front_of(m)) return {handled_as::late, {}, nullptr};
    if (late == nullptr || !late->has_waited(m)) {
      interception met = self.by_->before(m);
      if (met.failure) return {handled_as::failed, std::move(met.failure), nullptr};
      if (met.delay > std::chrono::nanoseconds::zero() && here.in_hand != nullptr) {
        here.self->need_late().set_delay(met.delay);
        return {handled_as::late, {}, nullptr};
      }
    }
    return self.by_->original().find(*m.type)->invoke(*self.inner_, m);
  }
  [[nodiscard]] static hook_outcome initialize(actor_base& base) {
    auto& self = static_cast<interposed_actor&>(base);
    if (error e = self.by_->before_start()) return {std::move(e), nullptr};
    return call<&actor_type::initialize>(base);
  }
  template <hook actor_type::*Hook>
  [[nodiscard]] static hook_outcome call(actor_base& base) {
    auto& self = static_cast<interposed_actor&>(base);
    const hook original = self.by_->original().*Hook;
    return original != nullptr ? original(*self.inner_) : hook_outcome{};
  }
  [[nodiscard]] static health_report health(actor_base& base) {
    auto& self = static_cast<interposed_actor&>(base);
    return self.by_->original().health(*self.inner_);
  }

  [[nodiscard]] static prepare_outcome prepare(actor_base& base, const void* next) {
    auto& self = static_cast<interposed_actor&>(base);
    return self.by_->original().prepare(*self.inner_, next);
  }
  static void apply(actor_base& base, prepared_plan& plan, std::shared_ptr<const void> next) noexcept {
    auto& self = static_cast<interposed_actor&>(base);
    self.by_->original().apply(*self.inner_, plan, std::move(next));
  }

private:
  std::shared_ptr<interceptor> by_;
  std::unique_ptr<actor_base> inner_;
};

// Where lost answers go.
class nowhere final : public reply_port {
public:
  void deliver(reply_ptr) noexcept override {}
};

} // namespace

interceptor::interceptor(const actor_type& original) : original_(original), wrapped_(original) {
  for (const auto& each : original.handlers) handlers_.push_back({each.type, &interposed_actor::handle, each.keeps_message});
  wrapped_.handlers = handlers_;
  wrapped_.initialize = &interposed_actor::initialize;
  if (original.started != nullptr) wrapped_.started = &interposed_actor::call<&actor_type::started>;
  if (original.stopping != nullptr) wrapped_.stopping = &interposed_actor::call<&actor_type::stopping>;
  if (original.stopped != nullptr) wrapped_.stopped = &interposed_actor::call<&actor_type::stopped>;
  if (original.health != nullptr) wrapped_.health = &interposed_actor::health;
  if (original.prepare != nullptr) wrapped_.prepare = &interposed_actor::prepare;
  if (original.apply != nullptr) wrapped_.apply = &interposed_actor::apply;
}

void interpose(blueprint& plan, std::shared_ptr<interceptor> by) {
  plan.type = &by->wrapped();
  plan.build = [by = std::move(by), build = std::move(plan.build)] {
    return std::make_unique<interposed_actor>(by, current_construction(), build);
  };
}

void lose_reply(data_envelope& m) {
  if (m.asked()) m.reply.port = std::make_shared<nowhere>();
}

} // namespace alys::detail
