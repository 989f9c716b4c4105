// SPDX-License-Identifier: Apache-2.0
#include "tree_command.hpp"

#include "output.hpp"

#include <alys/actors/duration_text.hpp>
#include <alys/actors/http_client.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include <unistd.h>

namespace alysd {

namespace {

using nlohmann::json;

constexpr std::size_t name_column = 24;

// Messages handled by each slot at the last look, and when that was.
struct last_look {
  std::map<std::string, std::uint64_t> handled;
  std::chrono::steady_clock::time_point at{};
};

[[nodiscard]] std::string messages_of(const json& node, const last_look& before, std::chrono::duration<double> since) {
  const json& m = node.at("messages");
  const auto handled = m.at("handled").get<std::uint64_t>();
  std::string text = fmt::format(" queue {:<4} handled {:<8} failed {:<3}", m.at("queued").get<std::uint64_t>(), handled,
                                 m.at("failed").get<std::uint64_t>());
  if (const auto then = before.handled.find(node.at("path")); then != before.handled.end() && handled >= then->second)
    text += fmt::format(" {:>8.1f}/s", static_cast<double>(handled - then->second) / since.count());
  return text;
}

// To the second below an hour, then to the minute; "-" while it does not run.
[[nodiscard]] std::string uptime_of(const json& node) {
  const std::chrono::milliseconds up{node.at("uptime_ms").get<std::int64_t>()};
  if (up == up.zero()) return "-";
  if (up < std::chrono::hours{1}) return alys::to_text(std::chrono::floor<std::chrono::seconds>(up));
  return alys::to_text(std::chrono::floor<std::chrono::minutes>(up));
}

[[nodiscard]] std::string line_of(const json& node, std::size_t depth, const last_look& before, std::chrono::duration<double> since) {
  const std::string path = node.at("path");
  const std::size_t indent = std::min(2 * depth, name_column);
  std::string line = fmt::format("{:{}}{:<{}} {:<12} incarnation {:<3} restarts {:<3} up {:<7}", "", indent,
                                 path.substr(path.rfind('/') + 1), name_column - indent, node.at("state").get<std::string>(),
                                 node.at("incarnation").get<std::uint64_t>(), node.at("restarts").get<std::uint64_t>(), uptime_of(node));
  if (node.contains("messages")) line += messages_of(node, before, since);
  const json& health = node.at("health");
  line += " " + health.at("state").get<std::string>();
  if (const std::string why = health.at("why"); !why.empty()) line += " (" + why + ")";
  if (node.contains("breaker") && node.at("breaker").at("state") != "closed")
    line += "  breaker " + node.at("breaker").at("state").get<std::string>();
  if (!node.at("failures").empty()) line += "  last failure: " + node.at("failures").back().at("what").get<std::string>();
  return line + "\n";
}

void append_lines(std::string& text, const json& node, std::size_t depth, const tree_view& wanted, const last_look& before,
                  std::chrono::duration<double> since) {
  text += line_of(node, depth, before, since);
  if (wanted.policies) text += fmt::format("{:{}}  {}\n", "", 2 * depth, node.at("policy").get<std::string>());
  for (const json& child : node.at("children")) append_lines(text, child, depth + 1, wanted, before, since);
}

void remember(const json& node, last_look& look) {
  if (node.contains("messages")) look.handled[node.at("path")] = node.at("messages").at("handled");
  for (const json& child : node.at("children")) remember(child, look);
}

[[nodiscard]] exit_code complain_about(const std::string& url, const std::string& why) {
  put(stderr, fmt::format("alysd: {}: {}\n", url, why));
  return exit_code::unavailable;
}

// What people are shown of an answer. Throws json::exception where it is none.
[[nodiscard]] std::string text_of(const json& answer, const tree_view& wanted, last_look& look) {
  if (wanted.json) return answer.dump(2) + "\n";
  std::string text;
  if (wanted.asks) {
    for (const json& edge : answer) text += edge.at(0).get<std::string>() + " -> " + edge.at(1).get<std::string>() + "\n";
    return text;
  }
  const auto now = std::chrono::steady_clock::now();
  append_lines(text, answer, 0, wanted, look, now - look.at);
  look = {{}, now};
  remember(answer, look);
  return text;
}

[[nodiscard]] exit_code show_once(const alys::http_url& endpoint, const tree_view& wanted, last_look& look) {
  const std::string method = wanted.asks ? "getaskedges" : "getactortree";
  const auto answer = alys::http_post(endpoint, R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":[]})");
  if (!answer) return complain_about(wanted.url, answer.error().text());
  if (!answer->ok()) return complain_about(wanted.url, fmt::format("HTTP status {}: {}", answer->status, answer->body.substr(0, 200)));
  try {
    const json document = json::parse(answer->body);
    if (document.contains("error"))
      return complain_about(wanted.url, "the node refuses: " + document.at("error").at("message").get<std::string>());
    const bool over_the_last = wanted.watch_seconds > 0 && ::isatty(STDOUT_FILENO) == 1;
    put(stdout, (over_the_last ? "\x1b[H\x1b[2J" : "") + text_of(document.at("result"), wanted, look));
    return exit_code::success;
  } catch (const json::exception&) {
    return complain_about(wanted.url, "this is no Alys node: " + answer->body.substr(0, 200));
  }
}

} // namespace

exit_code show_tree(const tree_view& wanted) {
  const auto parsed = alys::parse_http_url(wanted.url);
  if (!parsed) {
    put(stderr, fmt::format("alysd: {}\n", parsed.error().text()));
    return exit_code::usage;
  }
  last_look look;
  for (;;) {
    const exit_code shown = show_once({parsed->host, parsed->port}, wanted, look);
    if (shown != exit_code::success || wanted.watch_seconds == 0) return shown;
    std::this_thread::sleep_for(std::chrono::seconds{wanted.watch_seconds});
  }
}

} // namespace alysd
