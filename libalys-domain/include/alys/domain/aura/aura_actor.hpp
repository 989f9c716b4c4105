// SPDX-License-Identifier: Apache-2.0
//
// The aura actor: the slot clock, the schedule of authors, this node's signing key and its vote lock. It signs at most one block a slot, only
// in slots of its own and only while they last, whoever asks and however often.
//
// ```cpp
// inline alys::ref<alys::domain::aura_actor> declare(alys::supervisor_spec& chain, alys::domain::aura_ports ports) {
//   return chain.child<alys::domain::aura_actor>("aura", {.slot_duration = 2s, .authorities = 1}, {}, std::move(ports));
// }
// ```
#pragma once

#include <alys/actors.hpp>
#include <alys/domain/aura/aura_messages.hpp>
#include <alys/domain/aura/schedule.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace alys::domain {

struct aura_config {
  std::chrono::milliseconds slot_duration{2'000}; // of the chain spec
  std::chrono::milliseconds max_drift{500};       // likewise: how far this clock may be off
  std::uint64_t authorities = 1;                  // how many the chain spec has
  std::uint64_t index = 0;                        // this node's place among them
  void validate(problem_list& problems) const;
};
ALYS_CONFIG(aura_config, slot_duration, max_drift, authorities, index)

// What the actor needs of the outside.
struct aura_ports {
  std::shared_ptr<const secret_key> key;                         // null: this node follows the chain, and signs nothing
  std::function<unix_milliseconds()> wall_clock;                 // thread-safe
  std::function<result<std::optional<vote_lock>>()> stored_vote; // what this authority signed last; thread-safe
};

class aura_actor final : public actor<aura_actor, aura_config> {
public:
  using messages = accepts<follow_slots, seal_block, slot_alarm, coming_alarm>;

  explicit aura_actor(aura_ports ports) : ports_(std::move(ports)), clock_(config().slot_duration) {}

  // Loads the vote lock: without knowing what it signed, an authority must not sign.
  result<void> initialize();
  // Degraded while the clock shows a slot before one that it has shown or signed for: until it gets there nothing is produced.
  health_report health();

  result<void> handle(const follow_slots& m);
  result<author_signatures> handle(const seal_block& m);
  void handle(const slot_alarm& m);
  void handle(const coming_alarm& m);

private:
  [[nodiscard]] result<void> load_vote();
  [[nodiscard]] bool is_mine(slot which) const { return author_of(which, config().authorities).value == config().index; }
  void set_alarm();

  aura_ports ports_;
  slot_clock clock_;
  alys::ref_to<slot_begun, slot_coming> listener_;
  std::chrono::milliseconds ahead_{0};
  std::optional<slot> last_told_;
  std::optional<vote_lock> vote_;
};

} // namespace alys::domain
