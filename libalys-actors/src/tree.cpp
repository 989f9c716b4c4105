// SPDX-License-Identifier: Apache-2.0
//
// The tree as text and as JSON.
#include <alys/actors/tree.hpp>

#include "json_text.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace alys {

std::string quoted(std::string_view raw) {
  std::string text = "\"";
  for (const char c : raw) {
    if (c == '"' || c == '\\') text += fmt::format("\\{}", c);
    else if (static_cast<unsigned char>(c) < 0x20) text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else text += c;
  }
  return text + "\"";
}

namespace {

void print(const tree_node& node, std::size_t depth, std::string& text) {
  text += fmt::format("{:{}}{} [{}] {}", "", 2 * depth, node.name, node.type, to_string(node.state));
  text += fmt::format(", incarnation {}, restarts {}", node.incarnation, node.restarts);
  if (!node.supervisor) {
    text += fmt::format(", queue {}+{}, handled {}", node.urgent.depth, node.normal.depth, node.messages.handled);
    if (node.messages.failed > 0) text += fmt::format(", failed {}", node.messages.failed);
    if (node.messages.parked > 0) text += fmt::format(", parked {}", node.messages.parked);
    if (node.messages.stashed > 0) text += fmt::format(", stashed {}", node.messages.stashed);
    if (node.messages.redelivered > 0) text += fmt::format(", redelivered {}", node.messages.redelivered);
    if (node.messages.quarantined > 0) text += fmt::format(", quarantined {}", node.messages.quarantined);
    if (node.messages.rejected > 0) text += fmt::format(", rejected {}", node.messages.rejected);
  } else if (node.escalations > 0) {
    text += fmt::format(", escalations {}", node.escalations);
  }
  if (node.breaker && node.breaker->state != breaker_state::closed) text += fmt::format(", breaker {}", to_string(node.breaker->state));
  if (node.stuck) text += fmt::format(", stuck in {}", node.handling);
  text += fmt::format(", {}", to_string(node.health.state));
  if (!node.health.why.empty()) text += fmt::format(" ({})", node.health.why);
  if (!node.failures.empty()) text += fmt::format(", last failure: {}", node.failures.back().what.message());
  text += '\n';
  for (const tree_node& child : node.children) print(child, depth + 1, text);
}

[[nodiscard]] std::int64_t milliseconds_in(std::chrono::nanoseconds t) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(t).count();
}

void print_departed(const std::vector<departed_children>& all, std::string& text) {
  text += R"(,"departed":[)";
  for (std::size_t i = 0; i < all.size(); ++i) {
    text += fmt::format(R"({}{{"template":{},"ended":{},"restarts":{},"handled":{},"failed":{}}})", i > 0 ? "," : "",
                        quoted(all[i].pattern), all[i].ended, all[i].restarts, all[i].messages.handled, all[i].messages.failed);
  }
  text += ']';
}

void print_json(const tree_node& node, std::string& text) {
  const auto& m = node.messages;
  text += fmt::format(
      R"({{"path":{},"type":{},"supervisor":{},"policy":{},"critical":{},"state":"{}","incarnation":{},"uptime_ms":{},"restarts":{})",
      quoted(node.path), quoted(node.type), node.supervisor, quoted(node.policy), node.critical, to_string(node.state), node.incarnation,
      milliseconds_in(node.uptime), node.restarts);
  if (!node.pattern.empty()) text += fmt::format(R"(,"template":{})", quoted(node.pattern));
  text += fmt::format(R"(,"health":{{"state":"{}","why":{}}})", to_string(node.health.state), quoted(node.health.why));
  if (node.breaker)
    text += fmt::format(R"(,"breaker":{{"state":"{}","failures":{},"openings":{},"probes_in_ms":{}}})", to_string(node.breaker->state),
                        node.breaker->failures, node.breaker->openings,
                        std::chrono::duration_cast<std::chrono::milliseconds>(node.breaker->probes_in).count());
  text += fmt::format(R"(,"score":{:.3f})", node.score);
  if (!node.supervisor) {
    text += fmt::format(
        R"(,"messages":{{"handled":{},"refused":{},"failed":{},"undelivered":{},"rejected":{},"dropped":{},"queued":{},"parked":{},"stashed":{},"quarantined":{},"redelivered":{},"timers_fired":{},"timers_dropped":{}}})",
        m.handled, m.refused, m.failed, m.undelivered, m.rejected, m.dropped, m.queued, m.parked, m.stashed, m.quarantined, m.redelivered,
        m.timers_fired, m.timers_dropped);
    const auto mailbox = [](const mailbox_view& v) {
      return fmt::format(R"({{"depth":{},"high_water":{},"capacity":{}}})", v.depth, v.high_water, v.capacity);
    };
    text += fmt::format(R"(,"normal":{},"urgent":{})", mailbox(node.normal), mailbox(node.urgent));
    text += fmt::format(R"(,"handling":{},"awaiting":{},"busy_ms":{})", quoted(node.handling), quoted(node.awaiting),
                        milliseconds_in(node.busy_for));
    text += R"(,"last_progress_ms":)" + (node.last_progress ? std::to_string(milliseconds_in(*node.last_progress)) : "null");
    text += fmt::format(R"(,"stuck":{},"stalled":{},"verdicts":[)", node.stuck, node.stalled);
    for (std::size_t i = 0; i < node.verdicts.size(); ++i) {
      const health_verdict& v = node.verdicts[i];
      text += fmt::format(R"({}{{"at_ms":{},"state":"{}","why":{}}})", i > 0 ? "," : "", milliseconds_in(v.at), to_string(v.report.state),
                          quoted(v.report.why));
    }
    text += "]";
  } else text += fmt::format(R"(,"escalations":{})", node.escalations);
  text += R"(,"failures":[)";
  for (std::size_t i = 0; i < node.failures.size(); ++i) {
    const failure_note& f = node.failures[i];
    text += fmt::format(R"({}{{"at_ms":{},"incarnation":{},"what":{}}})", i > 0 ? "," : "", milliseconds_in(f.at), f.incarnation,
                        quoted(f.what.message()));
  }
  text += ']';
  if (!node.departed.empty()) print_departed(node.departed, text);
  text += R"(,"children":[)";
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) text += ',';
    print_json(node.children[i], text);
  }
  text += "]}";
}

} // namespace

message_counts& operator+=(message_counts& sum, const message_counts& more) noexcept {
  using field = std::uint64_t message_counts::*;
  constexpr std::array<field, 13> all{&message_counts::handled,       &message_counts::refused,     &message_counts::failed,
                                      &message_counts::undelivered,   &message_counts::rejected,    &message_counts::dropped,
                                      &message_counts::queued,        &message_counts::parked,      &message_counts::stashed,
                                      &message_counts::quarantined,   &message_counts::redelivered, &message_counts::timers_fired,
                                      &message_counts::timers_dropped};
  static_assert(sizeof(message_counts) == all.size() * sizeof(std::uint64_t), "a count was forgotten");
  for (const field each : all) sum.*each += more.*each;
  return sum;
}

std::string to_string(const tree_node& root) {
  std::string text;
  print(root, 0, text);
  return text;
}

std::string to_json(const tree_node& root) {
  std::string text;
  print_json(root, text);
  return text;
}

double messages_per_second(const tree_node& earlier, const tree_node& later) noexcept {
  const std::chrono::duration<double> between = later.seen_at - earlier.seen_at;
  const auto ended = [](const message_counts& m) { return m.handled + m.refused + m.failed; };
  if (between.count() <= 0 || ended(later.messages) < ended(earlier.messages)) return 0;
  return static_cast<double>(ended(later.messages) - ended(earlier.messages)) / between.count();
}

const tree_node* find(const tree_node& root, std::string_view path) noexcept {
  if (root.path == path) return &root;
  if (path.substr(0, root.path.size()) != root.path) return nullptr;
  for (const tree_node& child : root.children) {
    if (const tree_node* found = find(child, path)) return found;
  }
  return nullptr;
}

} // namespace alys
