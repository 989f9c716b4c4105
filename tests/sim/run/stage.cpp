// SPDX-License-Identifier: Apache-2.0
#include "stage.hpp"

#include <algorithm>

namespace alys::sim {

hook_deed stage::plan_for(cell_number c, std::uint32_t incarnation, hook_kind hook, bool declared) const {
  using enum hook_deed;
  const bool beginning = hook == hook_kind::construct || hook == hook_kind::initialize || hook == hook_kind::started;
  if (calm_ || (beginning && declared && incarnation == 1)) return good;
  splitmix64 drawn{seed_ ^ (std::uint64_t{c} << 40) ^ (std::uint64_t{incarnation} << 8) ^ static_cast<std::uint64_t>(hook)};
  const std::uint64_t lot = drawn.below(100);
  switch (hook) {
    case hook_kind::construct: return lot < 2 ? raises : good;
    case hook_kind::started: return lot < 2 ? raises : good;
    case hook_kind::stopped: return lot < 3 ? raises : good;
    case hook_kind::health: return lot < 4 ? raises : lot < 20 ? fails : good;
    case hook_kind::initialize:
    case hook_kind::stopping: break;
  }
  if (lot < 84) return good;
  if (lot < 88) return fails;
  if (lot < 91) return raises;
  return lot < 98 ? later : never;
}

std::optional<topic_number> stage::paper_of(cell_number c) const {
  splitmix64 drawn{seed_ ^ (std::uint64_t{c} << 40) ^ 0xff};
  if (drawn.below(3) != 0) return std::nullopt;
  return static_cast<topic_number>(drawn.below(topic_count));
}

script_ptr stage::along_with(message_number m, const script_ptr& told) const {
  if (!seen->model().is_parked(m)) return told;
  return {told.get(), [told, s = seen, m](const script*) { s->vanished(m); }};
}

void stage::publish(topic_number on, const script_ptr& told) {
  const publication_number number = seen->publishes(on);
  seen->published(papers.at(on).publish({number, told}));
}

void stage::settle(lent l) {
  seen->pays(l.number);
  switch (random.below(4)) {
    case 0: return; // broken
    case 1: l.answer.deliver(fail(category::external, "the debtor failed")); return;
    default: l.answer.deliver(std::uint64_t{l.number}); return;
  }
}

void stage::settle(const hook_answer& h) {
  if (once_in(4)) h.answer.deliver(fail(category::resource, "not this time"));
  else h.answer.deliver();
}

std::size_t stage::promises_to_keep() const noexcept {
  const auto kept = std::count_if(hooks_.begin(), hooks_.end(), [](const hook_answer& h) { return !h.for_ever; });
  return lent_.size() + static_cast<std::size_t>(kept);
}

void stage::settle_one() {
  if (lent_.empty() && hooks_.empty()) return;
  const auto which = static_cast<std::ptrdiff_t>(random.below(promises_out()));
  const auto debts = static_cast<std::ptrdiff_t>(lent_.size());
  if (which < debts) {
    lent debt = std::move(lent_[static_cast<std::size_t>(which)]);
    lent_.erase(lent_.begin() + which);
    return settle(std::move(debt));
  }
  const hook_answer hook = hooks_[static_cast<std::size_t>(which - debts)];
  if (hook.for_ever) return;
  hooks_.erase(hooks_.begin() + (which - debts));
  settle(hook);
}

void stage::settle_all() {
  while (!lent_.empty()) {
    lent debt = std::move(lent_.back());
    lent_.pop_back();
    settle(std::move(debt));
  }
  const auto kept = std::partition(hooks_.begin(), hooks_.end(), [](const hook_answer& h) { return h.for_ever; });
  const std::vector<hook_answer> due{kept, hooks_.end()};
  hooks_.erase(kept, hooks_.end());
  for (const hook_answer& hook : due) settle(hook);
}

} // namespace alys::sim
