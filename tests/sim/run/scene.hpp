// SPDX-License-Identifier: Apache-2.0
//
// The tree of a seeded run, as its seed draws it: nested supervisors of all strategies, actors with all options, templates of children
// that come at run time.
#pragma once

#include "player.hpp"

#include <alys/actors/supervisor.hpp>

namespace alys::sim {

class scene {
public:
  explicit scene(stage& on);

  // The declaration; once.
  [[nodiscard]] supervisor_spec take_root() { return std::move(root_); }

  // Whether a script for this slot may let it end itself: where that would be a restart, only without a budget to watch.
  [[nodiscard]] bool may_finish(cell_number c) const { return may_finish_.at(c); }
  [[nodiscard]] int level(cell_number c) const { return static_cast<int>(stage_.players.at(c).index()); }

  // A child at run time; nothing happens if there is no template or no room.
  void bear();
  // Dismisses one of them.
  void dismiss();

private:
  struct nursery {
    std::string supervisor;
    child_options options;
    std::variant<factory<player<0>>, factory<player<1>>, factory<player<2>>> births;
    std::uint32_t born = 0;
  };
  void add_children(supervisor_spec& spec, const std::string& path, std::uint32_t depth);
  void add_player(supervisor_spec& spec, const std::string& path);
  void add_nursery(supervisor_spec& spec, const std::string& path);
  void declare(const std::string& supervisor, const std::string& path, const child_options& options, any_ref who);

  [[nodiscard]] strategy draw_strategy();
  [[nodiscard]] child_options draw_options();
  [[nodiscard]] std::vector<std::string> draw_needed(const std::string& supervisor);
  [[nodiscard]] restart_policy draw_policy();
  [[nodiscard]] mailbox_options draw_mailbox();
  [[nodiscard]] std::span<const row> draw_decisions();

  stage& stage_;
  bool tight_; // budgets that can be spent
  std::uint32_t supervisors_left_;
  std::uint32_t players_left_;
  std::uint32_t names_ = 0;
  strategy root_how_;
  supervisor_spec root_;
  std::vector<nursery> nurseries_;
  std::map<std::string, std::vector<std::string>> declared_; // names, by supervisor
  std::vector<std::pair<std::size_t, cell_number>> born_;    // of which nursery
  std::vector<bool> may_finish_;
};

} // namespace alys::sim
