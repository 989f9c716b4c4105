// SPDX-License-Identifier: Apache-2.0
//
// Everything needed to build an actor again and again: its type, its checked config, its options, and a function that constructs it.
#pragma once

#include <alys/actors/child_options.hpp>
#include <alys/actors/detail/actor_type.hpp>

#include <functional>
#include <memory>

namespace alys::detail {

struct blueprint {
  const actor_type* type = nullptr;
  std::function<std::unique_ptr<actor_base>()> build; // may throw
  std::shared_ptr<const void> config;
  std::shared_ptr<const child_options> options; // shared with the supervisor, and by all children of one template
};

// A slot that runs once its supervisor has started it; what is sent to it before waits in its mailbox.
[[nodiscard]] process_ptr make_cell(std::shared_ptr<const blueprint> plan, std::string path);

} // namespace alys::detail
