// SPDX-License-Identifier: Apache-2.0
//
// A new configuration for a node that runs: reads the file again when it is told to, and puts what can change into effect, everywhere or
// nowhere. The last configuration that was in effect is kept beside the chain.
#pragma once

#include "config.hpp"

#include <alys/actors/system.hpp>

#include <filesystem>
#include <functional>
#include <mutex>

namespace alysd {

// The keys of two configurations that differ: "chain.fee_recipient".
[[nodiscard]] std::vector<std::string> different_keys(const node_config& now, const node_config& next);

struct reload_parts {
  std::function<alys::supervisor_spec(const node_config&)> declare; // the tree of a configuration
  std::function<void(const node_config&)> change_others;            // what is no actor: it cannot refuse
};

// One thread reloads; what became of it is asked for by any.
class reloader {
public:
  // Without a file there is nothing to reload.
  reloader(std::optional<std::filesystem::path> file, node_config current, reload_parts parts);

  // For the next call of reload_if_asked. False without a file.
  [[nodiscard]] bool ask(std::string why);
  // Reloads if somebody asked, or if the file is watched and another one than before. Waits for the tree.
  void reload_if_asked(alys::system& system);
  // What is in effect; for the thread that reloads.
  [[nodiscard]] const node_config& current() const noexcept { return current_; }
  // As JSON: version, file, outcome, cause and problems of the last reload.
  [[nodiscard]] std::string status() const;
  // Writes what is in effect into the data folder, as last-good.toml. Nothing to do without a file.
  [[nodiscard]] alys::result<void> keep_last_good() const;

private:
  struct outcome {
    alys::reload_outcome what = alys::reload_outcome::unchanged;
    std::string cause;
    std::vector<std::string> changed;
    alys::problem_list problems;
  };
  [[nodiscard]] bool file_changed();
  [[nodiscard]] outcome reload(alys::system& system);

  const std::optional<std::filesystem::path> file_;
  node_config current_;
  const reload_parts parts_;
  std::filesystem::file_time_type seen_{};
  std::chrono::steady_clock::time_point next_look_{};
  mutable std::mutex mutex_; // between who asks and who reloads
  std::string asked_;        // why; empty: nobody asked
  std::uint64_t version_ = 1;
  outcome last_;
};

} // namespace alysd
