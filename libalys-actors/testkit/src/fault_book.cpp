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

template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

} // namespace

// ---- one slot ----

slot_faults::slot_faults(const actor_type& original, virtual_backend& time) : interceptor(original), time_(time) {}

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

alys::detail::interception slot_faults::before(data_envelope& m) {
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
                   [&](const loses_reply&) { alys::detail::lose_reply(m); },
               },
               each);
  }
  return {std::move(failure)};
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
  alys::detail::interpose(plan, faults);
  return faults;
}

void fault_book::wrap(const supervisor_spec& spec) {
  auto& content = alys::detail::spec_access::content(spec);
  for (auto& entry : content.entries) {
    if (entry.nested) {
      wrap(*entry.nested);
      continue;
    }
    if (!entry.plan) continue; // it is no actor of ours
    auto& known = declared_[entry.cell.get()];
    if (known) continue;
    auto plan = std::make_shared<alys::detail::blueprint>(*entry.plan);
    known = wrap(*plan);
    entry.plan = plan;
    static_cast<alys::detail::cell&>(*entry.cell).set_plan(plan);
  }
  for (const auto& nursery : content.nurseries) {
    if (!nurseries_.insert(nursery.get()).second) continue;
    nursery->add_change([this, born = born_](alys::detail::blueprint& plan, const std::string& path) { (*born)[path] = wrap(plan); });
  }
}

slot_faults* fault_book::find(const alys::detail::process& slot) const {
  if (const auto found = declared_.find(&slot); found != declared_.end()) return found->second.get();
  const auto found = born_->find(slot.path());
  return found != born_->end() ? found->second.get() : nullptr;
}

} // namespace alys::testkit::detail
