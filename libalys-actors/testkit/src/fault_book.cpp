// SPDX-License-Identifier: Apache-2.0
#include "fault_book.hpp"

#include "../../src/nursery.hpp"
#include "virtual_backend.hpp"

#include <alys/actors/actor.hpp>

#include <algorithm>
#include <stdexcept>

namespace alys::testkit::detail {

namespace {

using alys::detail::actor_type;
using alys::detail::data_envelope;
using alys::detail::handled_as;
using alys::detail::handler_outcome;
using alys::detail::hook;
using alys::detail::hook_outcome;
using alys::detail::prepare_outcome;
using alys::detail::prepared_plan;

// The actor around the actor.
class faulty_actor final : public actor_base {
public:
  // Each base takes the registration that is open on this thread, so it is opened a second time for the actor inside.
  faulty_actor(std::shared_ptr<slot_faults> faults, alys::detail::construction* here,
               const std::function<std::unique_ptr<actor_base>()>& build)
      : faults_(std::move(faults)), inner_((alys::detail::current_construction() = here, build())) {}

  [[nodiscard]] static handler_outcome handle(actor_base& base, data_envelope& m) {
    auto& self = static_cast<faulty_actor&>(base);
    if (error e = self.faults_->before(m)) return {handled_as::failed, std::move(e), nullptr};
    return self.faults_->original().find(*m.type)->invoke(*self.inner_, m);
  }
  [[nodiscard]] static hook_outcome initialize(actor_base& base) {
    auto& self = static_cast<faulty_actor&>(base);
    if (error e = self.faults_->before_start()) return {std::move(e), nullptr};
    return call<&actor_type::initialize>(base);
  }
  template <hook actor_type::*Hook>
  [[nodiscard]] static hook_outcome call(actor_base& base) {
    auto& self = static_cast<faulty_actor&>(base);
    const hook original = self.faults_->original().*Hook;
    return original != nullptr ? original(*self.inner_) : hook_outcome{};
  }
  [[nodiscard]] static health_report health(actor_base& base) {
    auto& self = static_cast<faulty_actor&>(base);
    return self.faults_->original().health(*self.inner_);
  }

  [[nodiscard]] static prepare_outcome prepare(actor_base& base, const void* next) {
    auto& self = static_cast<faulty_actor&>(base);
    return self.faults_->original().prepare(*self.inner_, next);
  }
  static void apply(actor_base& base, prepared_plan& plan, std::shared_ptr<const void> next) noexcept {
    auto& self = static_cast<faulty_actor&>(base);
    self.faults_->original().apply(*self.inner_, plan, std::move(next));
  }

private:
  std::shared_ptr<slot_faults> faults_;
  std::unique_ptr<actor_base> inner_;
};

// Where lost answers go.
class nowhere final : public alys::detail::reply_port {
public:
  void deliver(alys::detail::reply_ptr) noexcept override {}
};

template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

} // namespace

// ---- one slot ----

slot_faults::slot_faults(const actor_type& original, virtual_backend& time) : original_(original), time_(time), wrapped_(original) {
  for (const auto& each : original.handlers) handlers_.push_back({each.type, &faulty_actor::handle, each.keeps_message});
  wrapped_.handlers = handlers_;
  wrapped_.initialize = &faulty_actor::initialize;
  if (original.started != nullptr) wrapped_.started = &faulty_actor::call<&actor_type::started>;
  if (original.stopping != nullptr) wrapped_.stopping = &faulty_actor::call<&actor_type::stopping>;
  if (original.stopped != nullptr) wrapped_.stopped = &faulty_actor::call<&actor_type::stopped>;
  if (original.health != nullptr) wrapped_.health = &faulty_actor::health;
  if (original.prepare != nullptr) wrapped_.prepare = &faulty_actor::prepare;
  if (original.apply != nullptr) wrapped_.apply = &faulty_actor::apply;
}

void slot_faults::add(const fault_plan& plan, const alys::detail::message_type* only) {
  if (plan.nth == 0) throw std::invalid_argument("alys testkit: messages are counted from 1");
  if (const auto* failing = std::get_if<fails>(&plan.effect); failing != nullptr && !failing->with.failed())
    throw std::invalid_argument("alys testkit: only a failure fails an actor: make it with alys::fail");
  if (const auto* slow = std::get_if<takes>(&plan.effect)) {
    if (slow->time < std::chrono::nanoseconds::zero()) throw std::invalid_argument("alys testkit: a handler cannot take negative time");
    time_.allow_pauses();
  }
  plans_.push_back({plan, only});
}

error slot_faults::before(data_envelope& m) {
  std::vector<fault_effect> due;
  for (entry& e : plans_) {
    if (e.only != nullptr && e.only != m.type) continue;
    if (++e.seen >= e.plan.nth && e.seen - e.plan.nth < e.plan.times) due.push_back(e.plan.effect);
  }
  std::erase_if(plans_, [](const entry& e) { return e.seen >= e.plan.nth && e.seen - e.plan.nth + 1 >= e.plan.times; });
  error failure;
  for (const fault_effect& each : due) {
    std::visit(overloaded{
                   [&](const fails& f) { failure = f.with; },
                   [](const throws& t) { throw std::runtime_error(t.what); },
                   [](const throws_something_else&) { throw 0; },
                   [&](const takes& t) { time_.pause_until(time_.in(t.time)); },
                   [&](const loses_reply&) {
                     if (m.asked()) m.reply.port = std::make_shared<nowhere>();
                   },
               },
               each);
  }
  return failure;
}

error slot_faults::before_start() {
  if (start_failures_.empty()) return {};
  error first = std::move(start_failures_.front());
  start_failures_.erase(start_failures_.begin());
  return first;
}

// ---- the whole tree ----

std::shared_ptr<slot_faults> fault_book::wrap(alys::detail::blueprint& plan) const {
  auto faults = std::make_shared<slot_faults>(*plan.type, time_);
  plan.type = &faults->wrapped();
  plan.build = [faults, build = std::move(plan.build)] {
    return std::make_unique<faulty_actor>(faults, alys::detail::current_construction(), build);
  };
  return faults;
}

void fault_book::wrap(const supervisor_spec& spec) {
  auto& content = alys::detail::spec_access::content(spec);
  for (auto& entry : content.entries) {
    if (entry.nested) {
      wrap(*entry.nested);
      continue;
    }
    auto& known = declared_[entry.cell.get()];
    if (known) continue;
    auto plan = std::make_shared<alys::detail::blueprint>(*entry.plan);
    known = wrap(*plan);
    entry.plan = plan;
    static_cast<alys::detail::cell&>(*entry.cell).set_plan(plan);
  }
  for (const auto& nursery : content.nurseries) {
    nursery->set_change([this, born = born_](alys::detail::blueprint& plan, const std::string& path) { (*born)[path] = wrap(plan); });
  }
}

slot_faults* fault_book::find(const alys::detail::process& slot) const {
  if (const auto found = declared_.find(&slot); found != declared_.end()) return found->second.get();
  const auto found = born_->find(slot.path());
  return found != born_->end() ? found->second.get() : nullptr;
}

} // namespace alys::testkit::detail
