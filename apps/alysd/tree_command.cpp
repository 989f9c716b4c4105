// SPDX-License-Identifier: Apache-2.0
#include "tree_command.hpp"

#include <alys/domain/api/http_client.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace alysd {

namespace {

using nlohmann::json;

void print(const json& node, std::size_t depth) {
  const std::string path = node.at("path");
  fmt::print("{:{}}{:<{}} {:<12} incarnation {:<3} restarts {:<3}", "", 2 * depth, path.substr(path.rfind('/') + 1), 24 - 2 * depth,
             node.at("state").get<std::string>(), node.at("incarnation").get<std::uint64_t>(), node.at("restarts").get<std::uint64_t>());
  if (node.contains("messages")) {
    const json& m = node.at("messages");
    fmt::print(" queue {:<4} handled {:<8} failed {:<3}", m.at("queued").get<std::uint64_t>(), m.at("handled").get<std::uint64_t>(),
               m.at("failed").get<std::uint64_t>());
  }
  const json& health = node.at("health");
  fmt::print(" {}", health.at("state").get<std::string>());
  if (const std::string why = health.at("why"); !why.empty()) fmt::print(" ({})", why);
  if (!node.at("failures").empty()) fmt::print("  last failure: {}", node.at("failures").back().at("what").get<std::string>());
  fmt::print("\n");
  for (const json& child : node.at("children")) print(child, depth + 1);
}

[[nodiscard]] exit_code complain(const std::string& url, const std::string& why) {
  fmt::print(stderr, "alysd: {}: {}\n", url, why);
  return exit_code::unavailable;
}

} // namespace

exit_code show_tree(const std::string& url, bool as_json) {
  const auto endpoint = alys::domain::parse_endpoint(url);
  if (!endpoint) {
    fmt::print(stderr, "alysd: {}\n", endpoint.error().message());
    return exit_code::usage;
  }
  const auto answer = alys::domain::http_post(*endpoint, "/", "application/json",
                                              R"({"jsonrpc":"2.0","id":1,"method":"getactortree","params":[]})", std::chrono::seconds{5});
  if (!answer) return complain(url, answer.error().message());
  const json document = json::parse(*answer, nullptr, false);
  if (document.is_discarded() || !document.contains("result") || !document.at("result").is_object())
    return complain(url, "this is no Alys node: " + answer->substr(0, 200));
  const json& tree = document.at("result");
  if (as_json) fmt::print("{}\n", tree.dump(2));
  else print(tree, 0);
  return exit_code::success;
}

} // namespace alysd
