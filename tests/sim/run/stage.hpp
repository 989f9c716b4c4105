// SPDX-License-Identifier: Apache-2.0
//
// What the actors of one seeded run have in common: the witness, the handles of all, chance, and the promises that somebody outside of
// the tree is to keep.
#pragma once

#include "script.hpp"
#include "witness.hpp"

#include <alys/actors/random.hpp>

#include <variant>

namespace alys::sim {

template <int Level>
class player;
using any_ref = std::variant<ref<player<0>>, ref<player<1>>, ref<player<2>>>;

enum class hook_kind : std::uint8_t { construct, initialize, started, stopping, stopped, health };

// What a hook does.
enum class hook_deed : std::uint8_t { good, fails, raises, later, never };

class stage {
public:
  // `calm`: hooks do what they should. `talk`: what happens is printed.
  stage(std::uint64_t seed, bool calm, bool talk) : random(seed), seed_(seed), calm_(calm) {
    if (talk) seen->talk();
    if (calm) seen->supervisors().nothing_crosses();
  }

  [[nodiscard]] bool calm() const noexcept { return calm_; }
  std::shared_ptr<witness> seen = std::make_shared<witness>(topic_count);
  splitmix64 random;
  std::vector<any_ref> players; // by cell number
  std::array<topic<bulletin>, topic_count> papers;

  // True once in `times`.
  [[nodiscard]] bool once_in(std::uint64_t times) { return random.below(times) == 0; }
  template <class T, std::size_t N>
  [[nodiscard]] const T& one_of(const std::array<T, N>& choices) {
    return choices[static_cast<std::size_t>(random.below(N))];
  }

  // Drawn from the seed, the slot and the life, whatever else happens. The first life of a slot that was declared starts well.
  [[nodiscard]] hook_deed plan_for(cell_number c, std::uint32_t incarnation, hook_kind hook, bool declared) const;
  // Whether each life of that slot subscribes to a topic at once, and to which.
  [[nodiscard]] std::optional<topic_number> paper_of(cell_number c) const;
  // What a message that is being sent takes along: the witness learns when one that waits for room is no more.
  [[nodiscard]] script_ptr along_with(message_number m, const script_ptr& told) const;
  // Publishes, and holds what became of it against the model.
  void publish(topic_number on, const script_ptr& told);
  [[nodiscard]] static error failure_of(const script& told) {
    return told.weight ? fail(told.kind, *told.weight, "as told") : fail(told.kind, "as told");
  }

  // ---- promises that somebody outside of the tree keeps ----
  void lend(promise<std::uint64_t> p, message_number m) { lent_.push_back({std::move(p), m}); }
  // Of a hook; `for_ever`: nobody keeps it.
  void hold(promise<void> p, bool for_ever) { hooks_.push_back({std::move(p), for_ever}); }
  [[nodiscard]] std::size_t promises_out() const noexcept { return lent_.size() + hooks_.size(); }
  // ... and are to be kept.
  [[nodiscard]] std::size_t promises_to_keep() const noexcept;
  // Keeps or breaks one of them, by chance.
  void settle_one();
  // ... all that are to be kept.
  void settle_all();

private:
  struct lent {
    promise<std::uint64_t> answer;
    message_number number;
  };
  struct hook_answer {
    promise<void> answer;
    bool for_ever;
  };
  void settle(lent l);
  void settle(const hook_answer& h);

  std::uint64_t seed_;
  bool calm_;
  std::vector<lent> lent_;
  std::vector<hook_answer> hooks_;
};

} // namespace alys::sim
