// SPDX-License-Identifier: Apache-2.0
#include "keeper.hpp"

#include <algorithm>

namespace alys::sim {

namespace {

// What is listed is what the model has.
[[nodiscard]] std::vector<std::uint64_t> listed(alys::system& tree, witness& seen) {
  std::vector<std::uint64_t> ids;
  for (const auto& each : tree.quarantined()) ids.push_back(each.id);
  const auto& inside = seen.quarantine().inside();
  const bool same =
      std::equal(ids.begin(), ids.end(), inside.begin(), inside.end(), [](auto id, const auto& due) { return id == due.first; });
  if (!same)
    seen.object("the quarantine lists " + std::to_string(ids.size()) + " messages, not the " + std::to_string(inside.size()) +
                " that went there");
  return ids;
}

} // namespace

void look_into_quarantine(alys::system& tree, stage& on) {
  witness& seen = *on.seen;
  const auto ids = listed(tree, seen);
  const std::uint64_t id =
      ids.empty() || on.once_in(10) ? 1 + on.random.below(20) : ids[static_cast<std::size_t>(on.random.below(ids.size()))];
  if (on.once_in(4)) return seen.discards(id, [&] { return tree.discard(id); });
  for (std::uint64_t times = 1 + on.random.below(2); times > 0; --times) seen.replays(id, [&] { return tree.replay(id); });
  (void)listed(tree, seen);
}

} // namespace alys::sim
