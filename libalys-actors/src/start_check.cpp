// SPDX-License-Identifier: Apache-2.0
//
// Checks of a declared tree.
#include <alys/actors/start_check.hpp>

#include <algorithm>
#include <set>

namespace alys {

bool valid_child_name(std::string_view name) noexcept {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= max_child_name && name != "." && name != ".." && std::all_of(name.begin(), name.end(), good);
}

std::string invalid_child_name(std::string_view name) {
  const bool shown_whole = name.size() <= max_child_name;
  return '"' + std::string{name.substr(0, max_child_name)} + (shown_whole ? "" : "...") + "\" cannot name a child: use 1 to " +
         std::to_string(max_child_name) + " of a-z A-Z 0-9 . _ -";
}

void check_children(std::string_view supervisor_path, std::span<const child_declaration> children, problem_list& problems) {
  const std::string path{supervisor_path};
  std::set<std::string_view> names;
  for (const child_declaration& child : children) {
    if (!valid_child_name(child.name)) problems.push_back({path, invalid_child_name(child.name)});
    if (!names.insert(child.name).second) problems.push_back({path, "two children are named \"" + child.name + '"'});
  }

  name_graph needs;
  for (const child_declaration& child : children) needs.add(child.name);
  for (const child_declaration& child : children) {
    for (const std::string& needed : child.depends_on) {
      if (names.contains(needed)) {
        needs.add_edge(child.name, needed);
      } else {
        problems.push_back({path + '/' + child.name, "depends on \"" + needed + "\", which is no child of " + path});
      }
    }
  }
  for (const auto& ring : needs.rings()) problems.push_back({path, "children depend on each other in a ring: " + arrows(ring)});
}

void check_asks(const name_graph& asks, problem_list& problems) {
  for (const auto& ring : asks.rings()) {
    problems.push_back({ring.front(), "asks in a ring, in which each may wait for the next for ever: " + arrows(ring)});
  }
}

} // namespace alys
