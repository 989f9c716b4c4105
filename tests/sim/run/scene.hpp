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
  // Whether that would be for good.
  [[nodiscard]] bool is_mortal(cell_number c) const { return mortal_.at(c); }
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
  [[nodiscard]] supervisor_spec draw_root();
  void add_children(supervisor_spec& spec, const std::string& path, std::uint32_t depth);
  void add_player(supervisor_spec& spec, const std::string& path);
  void add_nursery(supervisor_spec& spec, const std::string& path);
  void declare(const std::string& supervisor, const std::string& path, const child_options& options, any_ref who);

  [[nodiscard]] strategy draw_strategy(const std::string& of);
  [[nodiscard]] escalation draw_answer();
  [[nodiscard]] strategy_function draw_function();
  // Of a child of that supervisor.
  [[nodiscard]] child_options draw_options(const std::string& supervisor);
  [[nodiscard]] supervisor_options draw_supervision(const std::string& above, const std::string& path);
  [[nodiscard]] std::vector<std::string> draw_needed(const std::string& supervisor);
  [[nodiscard]] restart_policy draw_policy();
  [[nodiscard]] breaker draw_breaker();
  [[nodiscard]] mailbox_options draw_mailbox();
  [[nodiscard]] std::span<const row> draw_decisions();

  stage& stage_;
  bool tight_;   // budgets that can be spent
  bool crowded_; // mailboxes that block
  std::uint32_t supervisors_left_;
  std::uint32_t players_left_;
  std::uint32_t names_ = 0;
  std::vector<nursery> nurseries_;
  std::map<std::string, std::vector<std::string>> declared_; // names, by supervisor
  std::vector<std::pair<std::size_t, cell_number>> born_;    // of which nursery
  std::vector<bool> may_finish_;
  std::vector<bool> mortal_;
  std::set<std::string> may_have_significant_; // supervisors
  std::set<std::string> ask_users_;            // likewise: by a function
  supervisor_spec root_;                       // drawn into the sets above
};

} // namespace alys::sim
