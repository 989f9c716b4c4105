// SPDX-License-Identifier: Apache-2.0
//
// What a supervisor_spec collects, and how it becomes a tree that can run.
#pragma once

#include "scheduled.hpp"

#include <alys/actors/supervisor.hpp>
#include <alys/actors/topology.hpp>

namespace alys::detail {

class nursery;

// A child as it is given to its supervisor.
struct child_declared {
  std::shared_ptr<const child_options> options;
  std::shared_ptr<scheduled> process;
  bool is_supervisor = false;
  bool foreign = false;                               // its failed life may take time to end
  std::shared_ptr<detail::nursery> nursery = nullptr; // of a dynamic child
};

struct spec_content {
  spec_content() = default;
  // A declaration that was never started: its handles lead nowhere from now on.
  ~spec_content();
  spec_content(const spec_content&) = delete;
  spec_content& operator=(const spec_content&) = delete;

  struct entry {
    std::string name;
    std::shared_ptr<const child_options> options;
    std::shared_ptr<const blueprint> plan;   // an actor ...
    std::shared_ptr<scheduled> cell;         // ... which lives here, as does what is foreign and has no plan ...
    std::unique_ptr<supervisor_spec> nested; // ... or a supervisor
  };
  std::shared_ptr<const supervisor_declared> plan;
  std::vector<entry> entries;
  std::vector<std::shared_ptr<detail::nursery>> nurseries;
  problem_list config_problems; // relative to this supervisor
  bool used = false;

  // Throws std::logic_error once the tree has been started: nobody would ever run what is added.
  void require_unused(const std::string& added) const;
};

class guest;

struct spec_access {
  // Declares a child that is no actor of ours.
  static process_ptr add_foreign(supervisor_spec& to, std::string name, std::unique_ptr<guest> what, child_options options,
                                 problem_list found);

  [[nodiscard]] static spec_content& content(const supervisor_spec& spec) noexcept { return *spec.content_; }
};

// The effective policy in one line, as of an actor or of what has no mailbox.
[[nodiscard]] std::string child_policy_text(const child_options& options, bool has_mailbox);

// Appends what cannot be done where nobody looks.
void check_without_watchdog(const supervisor_spec& spec, const std::string& path, problem_list& problems);

// Who may ask whom, as paths: what start checks for rings and `tree --asks` draws.
[[nodiscard]] name_graph ask_graph(const supervisor_spec& root);

} // namespace alys::detail
