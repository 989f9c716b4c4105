// SPDX-License-Identifier: Apache-2.0
//
// Graphs of names: who needs whom, rings, and an order in which to start.
//
// Children declare what they depend on, and actors declare whom they ask. In the first graph a ring means that nobody can start first, in
// the second that everybody can wait for everybody. Both are found before anything runs.
//
// ```cpp
// inline std::vector<std::string> example() {
//   alys::name_graph needs;
//   needs.add_edge("api", "chain");
//   needs.add_edge("chain", "storage");
//   return needs.order();                          // storage, chain, api: what is needed comes first
// }
// ```
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alys {

// A directed graph over names: an edge says that its first name needs its second. Not thread-safe. Answers depend only on the order of
// additions, never on addresses or hashes.
class name_graph {
public:
  // A name that is there already is left as it is.
  void add(std::string_view name);
  // Adds both names too. A second edge of the same kind changes nothing.
  void add_edge(std::string_view from, std::string_view to);

  [[nodiscard]] bool contains(std::string_view name) const { return index_.find(name) != index_.end(); }
  // In the order of addition.
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

  // From the one that needs to the one that is needed, in the order of addition of the former.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> all_edges() const;

  // Rings that share no name, at least one out of every knot; each begins and ends with the name that was added first: a, b, a.
  // Empty if there is no ring. Costs (names + edges) per ring.
  [[nodiscard]] std::vector<std::vector<std::string>> rings() const;

  // Every name after all that it needs; otherwise in the order of addition. Requires rings() to be empty: names in a ring, and those that
  // need them, are left out.
  [[nodiscard]] std::vector<std::string> order() const;

private:
  std::size_t index_of(std::string_view name);

  std::vector<std::string> names_;
  std::vector<std::vector<std::size_t>> needs_; // by index: the edges out of a name, in the order of addition
  std::map<std::string, std::size_t, std::less<>> index_;
};

// "a -> b -> a"
[[nodiscard]] std::string arrows(const std::vector<std::string>& path);

} // namespace alys
