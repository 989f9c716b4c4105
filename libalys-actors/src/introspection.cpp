// SPDX-License-Identifier: Apache-2.0
//
// The walk over the tree, in steps.
#include <alys/actors/introspection.hpp>

#include "runtime.hpp"
#include "supervisor.hpp"
#include "turn.hpp"

namespace alys {

namespace {

constexpr std::size_t slots_in_a_turn = 256;

[[nodiscard]] const detail::supervisor* as_supervisor(const detail::child_view& view) noexcept {
  return view.declared.is_supervisor ? static_cast<const detail::supervisor*>(view.declared.process.get()) : nullptr;
}

// The next name of a path that begins with '/', which is taken away from it.
[[nodiscard]] std::string_view next_name(std::string_view& path) noexcept {
  path.remove_prefix(1);
  const std::string_view name = path.substr(0, path.find('/'));
  path.remove_prefix(name.size());
  return name;
}

} // namespace

task<tree_node> introspection::handle(const get_tree& wanted) {
  const std::string own = path();
  std::string_view way = own;
  const std::string root_path = "/" + std::string{next_name(way)};
  const std::shared_ptr<const detail::scheduled> root = detail::current_turn()->world->paths().find(root_path);
  const auto* at = static_cast<const detail::supervisor*>(root.get());
  seen_in_turn_ = 0;
  tree_node seen;
  way = wanted.path.empty() ? std::string_view{root_path} : std::string_view{wanted.path};
  if (!way.starts_with('/') || next_name(way) != at->own_name()) co_return refuse(errc::no_such_path, wanted.path);
  std::optional<detail::child_view> place; // what is above keeps what is below
  while (!way.empty()) {
    if (at != nullptr) place = at->view_of(next_name(way));
    if (at == nullptr || !place) co_return refuse(errc::no_such_path, wanted.path);
    at = as_supervisor(*place);
  }
  if (at != nullptr) {
    co_await look_at(*at, seen).or_return();
  } else {
    place->declared.process->describe(seen);
  }
  if (place) detail::supervisor::add_what_is_known(*place, seen);
  co_return seen;
}

task<void> introspection::look_at(const detail::supervisor& at, tree_node& into) {
  const std::vector<detail::child_view> children = at.describe_self(into);
  for (const detail::child_view& each : children) {
    tree_node& node = into.children.emplace_back();
    if (const auto* below = as_supervisor(each)) {
      co_await look_at(*below, node).or_return();
    } else {
      each.declared.process->describe(node);
    }
    detail::supervisor::add_what_is_known(each, node);
    if (has_looked_enough()) co_await sleep(std::chrono::nanoseconds::zero());
  }
  at.conclude(children, into);
}

bool introspection::has_looked_enough() noexcept {
  if (++seen_in_turn_ < slots_in_a_turn) return false;
  seen_in_turn_ = 0;
  return true;
}

} // namespace alys
