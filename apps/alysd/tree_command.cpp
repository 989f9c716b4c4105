// SPDX-License-Identifier: Apache-2.0
#include "tree_command.hpp"

#include "output.hpp"

#include <alys/actors/http_client.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace alysd {

namespace {

using nlohmann::json;

constexpr std::size_t name_column = 24;

[[nodiscard]] std::string line_of(const json& node, std::size_t depth) {
  const std::string path = node.at("path");
  const std::size_t indent = std::min(2 * depth, name_column);
  std::string line = fmt::format("{:{}}{:<{}} {:<12} incarnation {:<3} restarts {:<3}", "", indent, path.substr(path.rfind('/') + 1),
                                 name_column - indent, node.at("state").get<std::string>(), node.at("incarnation").get<std::uint64_t>(),
                                 node.at("restarts").get<std::uint64_t>());
  if (node.contains("messages")) {
    const json& m = node.at("messages");
    line += fmt::format(" queue {:<4} handled {:<8} failed {:<3}", m.at("queued").get<std::uint64_t>(),
                        m.at("handled").get<std::uint64_t>(), m.at("failed").get<std::uint64_t>());
  }
  const json& health = node.at("health");
  line += " " + health.at("state").get<std::string>();
  if (const std::string why = health.at("why"); !why.empty()) line += " (" + why + ")";
  if (!node.at("failures").empty()) line += "  last failure: " + node.at("failures").back().at("what").get<std::string>();
  return line + "\n";
}

void append_lines(std::string& text, const json& node, std::size_t depth) {
  text += line_of(node, depth);
  for (const json& child : node.at("children")) append_lines(text, child, depth + 1);
}

[[nodiscard]] exit_code complain_about(const std::string& url, const std::string& why) {
  put(stderr, fmt::format("alysd: {}: {}\n", url, why));
  return exit_code::unavailable;
}

// The tree in an answer of JSON-RPC. Throws json::exception where it is none.
[[nodiscard]] std::string text_of(const json& tree, bool as_json) {
  std::string text;
  append_lines(text, tree, 0);
  return as_json ? tree.dump(2) + "\n" : text;
}

} // namespace

exit_code show_tree(const std::string& url, bool as_json) {
  const auto endpoint = alys::parse_http_url(url);
  if (!endpoint) {
    put(stderr, fmt::format("alysd: {}\n", endpoint.error().text()));
    return exit_code::usage;
  }
  const auto answer = alys::http_post({endpoint->host, endpoint->port}, R"({"jsonrpc":"2.0","id":1,"method":"getactortree","params":[]})");
  if (!answer) return complain_about(url, answer.error().text());
  if (!answer->ok()) return complain_about(url, fmt::format("HTTP status {}: {}", answer->status, answer->body.substr(0, 200)));
  try {
    const json document = json::parse(answer->body);
    if (document.contains("error"))
      return complain_about(url, "the node refuses: " + document.at("error").at("message").get<std::string>());
    put(stdout, text_of(document.at("result"), as_json));
    return exit_code::success;
  } catch (const json::exception&) {
    return complain_about(url, "this is no Alys node: " + answer->body.substr(0, 200));
  }
}

} // namespace alysd
