// SPDX-License-Identifier: Apache-2.0
//
// A node: opens what the tree needs, starts the tree, and waits for its end.
#pragma once

#include "config.hpp"
#include "exit_codes.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace alysd {

struct node_options {
  std::optional<std::uint64_t> stop_after_blocks = std::nullopt;   // of this run
  std::optional<std::filesystem::path> config_file = std::nullopt; // where the configuration came from, to be read again
};

// Runs until a signal, the wished number of blocks, or the tree's own end. Says on standard error why it did not start or ended badly.
[[nodiscard]] exit_code run_node(const node_config& config, const node_options& options);

} // namespace alysd
