// SPDX-License-Identifier: Apache-2.0
//
// What can be said against a tree before it starts: names, doubles, dependencies that lead nowhere or round, asks in a ring.
//
// ```cpp
// inline alys::problem_list example() {
//   const alys::child_declaration children[] = {
//     {.name = "chain", .depends_on = {"storage"}},
//     {.name = "storage", .depends_on = {"chain"}},
//   };
//   alys::problem_list problems;
//   alys::check_children("/root", children, problems);
//   return problems;               // "/root: children depend on each other in a ring: chain -> storage -> chain"
// }
// ```
#pragma once

#include <alys/actors/problem.hpp>
#include <alys/actors/topology.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alys {

// A child as declared under its supervisor.
struct child_declaration {
  std::string name = {};
  std::vector<std::string> depends_on = {}; // names of siblings that must run before it
};

// The longest name of a child, in bytes.
inline constexpr std::size_t max_child_name = 128;

// Whether a name can be part of a path: 1 to 128 bytes out of a-z, A-Z, 0-9, '.', '_' and '-', but neither "." nor "..".
[[nodiscard]] bool valid_child_name(std::string_view name) noexcept;

// What to say of a name that is not valid, with what is allowed; of a long one only its beginning.
[[nodiscard]] std::string invalid_child_name(std::string_view name);

// Appends every problem of one supervisor's children: bad and duplicate names, dependencies on themselves, on strangers, in a ring.
void check_children(std::string_view supervisor_path, std::span<const child_declaration> children, problem_list& problems);

// Appends one problem per ring in a graph of asks, whose names are paths and whose edges go from the asker to the asked.
void check_asks(const name_graph& asks, problem_list& problems);

} // namespace alys
