// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/aura/aura_actor.hpp>
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/chain/seal.hpp>
#include <alys/domain/chain/validate.hpp>

namespace alys::domain {

void aura_config::validate(problem_list& problems) const {
  if (slot_duration < std::chrono::milliseconds{100} || slot_duration > std::chrono::hours{1})
    problems.push_back({"slot_duration", "must be from 100ms to 1h"});
  if (max_drift < std::chrono::milliseconds::zero() || max_drift > std::chrono::minutes{1})
    problems.push_back({"max_drift", "must be from 0s to 1min"});
  if (authorities == 0 || authorities > max_authorities)
    problems.push_back({"authorities", "must be from 1 to " + std::to_string(max_authorities)});
  if (index >= authorities) problems.push_back({"index", "must be below the number of authorities"});
}

result<void> aura_actor::initialize() { return load_vote(); }

result<void> aura_actor::load_vote() {
  const auto stored = ports_.stored_vote();
  if (!stored) return stored.error();
  if (*stored && (!vote_ || vote_->slot < (*stored)->slot)) vote_ = *stored;
  return {};
}

health_report aura_actor::health() {
  const slot now = clock_.slot_at(ports_.wall_clock());
  const slot latest = std::max(last_told_.value_or(slot{}), vote_ ? vote_->slot : slot{});
  if (!ports_.key || now >= latest) return {};
  return {health_state::degraded, "the clock shows slot " + std::to_string(now.value()) + ", and slot " + std::to_string(latest.value()) +
                                      " was there already: it was set back, and nothing is signed until it gets there"};
}

result<void> aura_actor::handle(const follow_slots& m) {
  // What was signed for the listener's earlier life may have become durable only after this actor began.
  if (auto loaded = load_vote(); !loaded) return loaded;
  const bool first = !listener_;
  listener_ = m.listener;
  ahead_ = m.ahead;
  if (first && ports_.key) set_alarm();
  return {};
}

void aura_actor::set_alarm() {
  const unix_milliseconds now = ports_.wall_clock();
  const std::chrono::milliseconds left = clock_.until_next(now);
  after(left, slot_alarm{});
  const slot next = clock_.slot_at(now) + 1;
  if (ahead_ > std::chrono::milliseconds::zero() && is_mine(next))
    after(std::max(left - ahead_, std::chrono::milliseconds::zero()), coming_alarm{next});
}

void aura_actor::handle(const slot_alarm&) {
  const slot now = clock_.slot_at(ports_.wall_clock());
  // A clock that was set back shows a slot again; a turn comes once.
  if (is_mine(now) && (!last_told_ || now > *last_told_)) {
    last_told_ = now;
    send(listener_, slot_begun{now});
  }
  set_alarm();
}

void aura_actor::handle(const coming_alarm& m) {
  if (!last_told_ || m.slot > *last_told_) send(listener_, slot_coming{m.slot});
}

result<author_signatures> aura_actor::handle(const seal_block& m) {
  if (!ports_.key) return refuse(vote_error::slot_not_now, "this node has no authority's key");
  const authority_index me{static_cast<std::uint16_t>(config().index)};
  if (m.header.author != me || author_of(m.header.slot, config().authorities) != me)
    return refuse(block_error::wrong_author, "not this node's slot");
  if (auto due = check_slot_is_now(m.header.slot, clock_, config().max_drift, ports_.wall_clock()); !due) return due.error();
  auto lock = lock_vote(vote_, ref_to(m.header));
  if (!lock) return lock.error();
  vote_ = *lock;
  return author_signatures{seal_of(m.header, *ports_.key), approve(m.header, me, *ports_.key), *lock};
}

} // namespace alys::domain
