// SPDX-License-Identifier: Apache-2.0
//
// Rings and orders in graphs of names.
#include <alys/actors/topology.hpp>

#include <algorithm>
#include <functional>
#include <queue>

namespace alys {
namespace {

using edges = std::vector<std::vector<std::size_t>>;

edges reversed(const edges& graph) {
  edges back(graph.size());
  for (std::size_t from = 0; from < graph.size(); ++from) {
    for (const std::size_t to : graph[from]) back[to].push_back(from);
  }
  return back;
}

// Takes away, again and again, every living name that has no living successor. What stays leads into a ring.
void trim(const edges& graph, const edges& back, std::vector<bool>& alive) {
  std::vector<std::size_t> successors(graph.size(), 0);
  std::vector<std::size_t> dead;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (!alive[i]) continue;
    successors[i] = static_cast<std::size_t>(std::count_if(graph[i].begin(), graph[i].end(), [&](std::size_t to) { return alive[to]; }));
    if (successors[i] == 0) dead.push_back(i);
  }
  while (!dead.empty()) {
    const std::size_t gone = dead.back();
    dead.pop_back();
    alive[gone] = false;
    for (const std::size_t from : back[gone]) {
      if (alive[from] && --successors[from] == 0) dead.push_back(from);
    }
  }
}

// From a living name along living names until one comes twice: the ring between, from its smallest name back to it.
std::vector<std::size_t> walk_a_ring(const edges& graph, const std::vector<bool>& alive, std::size_t start) {
  std::vector<std::size_t> path;
  std::size_t at = start;
  while (std::find(path.begin(), path.end(), at) == path.end()) {
    path.push_back(at);
    at = *std::find_if(graph[at].begin(), graph[at].end(), [&](std::size_t to) { return alive[to]; });
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), at));
  std::rotate(path.begin(), std::min_element(path.begin(), path.end()), path.end());
  path.push_back(path.front());
  return path;
}

} // namespace

std::size_t name_graph::index_of(std::string_view name) {
  if (const auto known = index_.find(name); known != index_.end()) return known->second;
  const std::size_t index = names_.size();
  names_.emplace_back(name);
  needs_.emplace_back();
  index_.emplace(name, index);
  return index;
}

void name_graph::add(std::string_view name) { index_of(name); }

void name_graph::add_edge(std::string_view from, std::string_view to) {
  const std::size_t first = index_of(from);
  const std::size_t second = index_of(to);
  auto& out = needs_[first];
  if (std::find(out.begin(), out.end(), second) == out.end()) out.push_back(second);
}

std::vector<std::pair<std::string, std::string>> name_graph::all_edges() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (std::size_t from = 0; from < needs_.size(); ++from) {
    for (const std::size_t to : needs_[from]) all.emplace_back(names_[from], names_[to]);
  }
  return all;
}

std::vector<std::vector<std::string>> name_graph::rings() const {
  const edges back = reversed(needs_);
  std::vector<bool> alive(names_.size(), true);
  std::vector<std::vector<std::string>> found;
  for (;;) {
    trim(needs_, back, alive);
    const auto start = std::find(alive.begin(), alive.end(), true);
    if (start == alive.end()) return found;
    auto& ring = found.emplace_back();
    for (const std::size_t i : walk_a_ring(needs_, alive, static_cast<std::size_t>(start - alive.begin()))) {
      ring.push_back(names_[i]);
      alive[i] = false;
    }
  }
}

std::vector<std::string> name_graph::order() const {
  const edges needed_by = reversed(needs_);
  std::vector<std::size_t> missing(names_.size());
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready; // the first added comes first
  for (std::size_t i = 0; i < names_.size(); ++i) {
    missing[i] = needs_[i].size();
    if (missing[i] == 0) ready.push(i);
  }
  std::vector<std::string> sorted;
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    sorted.push_back(names_[next]);
    for (const std::size_t i : needed_by[next]) {
      if (--missing[i] == 0) ready.push(i);
    }
  }
  return sorted;
}

std::string arrows(const std::vector<std::string>& path) {
  std::string text;
  for (const std::string& name : path) text += (text.empty() ? "" : " -> ") + name;
  return text;
}

} // namespace alys
