// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/health_score.hpp>

#include <algorithm>
#include <cmath>

namespace alys {

double success_rate(const message_counts& of) noexcept {
  const auto well = static_cast<double>(of.handled) + static_cast<double>(of.refused);
  const double all = well + static_cast<double>(of.failed);
  return all > 0 ? well / all : 1.0;
}

double stability(std::span<const failure_note> failures, std::chrono::nanoseconds now) noexcept {
  double weight = 0;
  for (const failure_note& f : failures) {
    const std::chrono::duration<double> age = std::max(now - f.at, std::chrono::nanoseconds::zero());
    weight += std::exp2(-age / std::chrono::duration<double>{failure_half_life});
  }
  return 1.0 / (1.0 + weight);
}

double health_score(const message_counts& of, std::span<const failure_note> failures, std::chrono::nanoseconds now) noexcept {
  return success_rate(of) * stability(failures, now);
}

double health_score(std::span<const tree_node> children, std::span<const failure_note> failures, std::chrono::nanoseconds now) noexcept {
  double sum = 0;
  for (const tree_node& child : children) sum += child.score;
  return stability(failures, now) * (children.empty() ? 1.0 : sum / static_cast<double>(children.size()));
}

} // namespace alys
