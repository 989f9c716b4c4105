// SPDX-License-Identifier: Apache-2.0
//
// What a tree was declared as, kept while it runs, so that the next declaration can be compared with it: the slots by path, each with what
// may change and what may not.
#pragma once

#include <alys/actors/problem.hpp>
#include <alys/actors/supervisor.hpp>

#include <map>

namespace alys::detail {

struct hosted_plan;

struct declared_slot {
  enum class kind : std::uint8_t { actor, supervisor, nursery, foreign };
  kind what = kind::actor;
  const actor_type* type = nullptr;                         // not of a supervisor
  std::size_t at_most = 0;                                  // of a nursery
  std::shared_ptr<const void> config = nullptr;             // of an actor
  std::shared_ptr<const hosted_plan> hosted = nullptr;      // of what is foreign
  std::shared_ptr<const child_options> options = nullptr;   // of a supervisor too: how its own supervisor treats it; null for the root
  std::shared_ptr<const supervisor_declared> how = nullptr; // of a supervisor
  std::shared_ptr<nursery> children = nullptr;              // of a nursery
};

// By path; a nursery under its pattern.
using declared_tree = std::map<std::string, declared_slot>;

[[nodiscard]] declared_tree declared_by(const supervisor_spec& root);

// What of a slot is new.
struct slot_change {
  std::string path;
  declared_slot next;
  bool config = false;
  bool policy = false;
};

struct tree_change {
  std::vector<slot_change> slots;
  problem_list problems; // what cannot change while a tree runs
};

[[nodiscard]] tree_change difference(const declared_tree& now, const declared_tree& next);

} // namespace alys::detail
