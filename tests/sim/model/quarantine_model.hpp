// SPDX-License-Identifier: Apache-2.0
//
// The reference model of the quarantine: what is in it, and what becomes of it by hand.
#pragma once

#include "cell_model.hpp"

namespace alys::sim {

class quarantine_model {
public:
  // The cells outlive it.
  explicit quarantine_model(cell_model& cells) : cells_(cells) {}

  // What a cell failed on is set aside under this number.
  void saw_entry(std::uint64_t id, message_number m) { inside_.emplace(id, m); }

  // What a replay must come to: put it back, or say why not.
  struct replay {
    std::optional<message_number> what = std::nullopt;
    errc refused = errc::none;
    door_verdict verdict = {};
  };
  [[nodiscard]] replay expected_of_replay(std::uint64_t id) const;
  void saw_replay(std::uint64_t id, const replay& how);
  // Nothing if it is not there.
  [[nodiscard]] std::optional<message_number> saw_discard(std::uint64_t id);

  [[nodiscard]] const std::map<std::uint64_t, message_number>& inside() const noexcept { return inside_; }

private:
  cell_model& cells_;
  std::map<std::uint64_t, message_number> inside_;
};

} // namespace alys::sim
