// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/aura/aura_actor.hpp>
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/chain/seal.hpp>

namespace alys::domain {

void aura_config::validate(problem_list& problems) const {
  if (slot_duration < std::chrono::milliseconds{100} || slot_duration > std::chrono::hours{1}) problems.push_back({"slot_duration", "must be from 100ms to 1h"});
  if (authorities == 0 || authorities > max_authorities) problems.push_back({"authorities", "must be from 1 to " + std::to_string(max_authorities)});
  if (index >= authorities) problems.push_back({"index", "must be below the number of authorities"});
}

result<void> aura_actor::initialize() {
  auto stored = ports_.stored_vote();
  if (!stored) return stored.error();
  vote_ = *stored;
  return {};
}

void aura_actor::handle(const follow_slots& m) {
  const bool first = !listener_;
  listener_ = m.listener;
  if (first && ports_.key) set_alarm();
}

void aura_actor::set_alarm() { after(clock_.until_next(ports_.wall_clock()), slot_alarm{}); }

void aura_actor::handle(const slot_alarm&) {
  const slot now = clock_.slot_at(ports_.wall_clock());
  const bool mine = author_of(now, config().authorities).value == config().index;
  // A clock that was set back shows a slot again; a turn comes once.
  if (mine && (!last_told_ || now > *last_told_)) {
    last_told_ = now;
    send(listener_, slot_begun{now});
  }
  set_alarm();
}

result<author_signatures> aura_actor::handle(const seal_block& m) {
  if (!ports_.key) return refuse(vote_error::slot_not_now, "this node has no authority's key");
  auto lock = lock_vote(vote_, ref_to(m.header));
  if (!lock) return lock.error();
  vote_ = *lock;
  const authority_index me{static_cast<std::uint16_t>(config().index)};
  return author_signatures{seal_of(m.header, *ports_.key), approve(m.header, me, *ports_.key), *lock};
}

} // namespace alys::domain
