// SPDX-License-Identifier: Apache-2.0
#include "declared.hpp"

#include "foreign_slot.hpp"
#include "nursery.hpp"
#include "spec.hpp"

#include <algorithm>

namespace alys::detail {

namespace {

void collect(const supervisor_spec& spec, const std::string& path, const std::shared_ptr<const child_options>& options,
             declared_tree& into) {
  const spec_content& content = spec_access::content(spec);
  into.emplace(path, declared_slot{.what = declared_slot::kind::supervisor, .options = options, .how = content.plan});
  for (const auto& entry : content.entries) {
    const std::string below = path + "/" + entry.name;
    if (entry.nested) {
      collect(*entry.nested, below, entry.options, into);
      continue;
    }
    if (!entry.plan) {
      const auto& hosts = static_cast<const foreign_slot&>(*entry.cell).hosts();
      into.emplace(below, declared_slot{.what = declared_slot::kind::foreign, .hosted = hosts.plan(), .options = entry.options});
      continue;
    }
    into.emplace(below, declared_slot{.type = entry.plan->type, .config = entry.plan->config, .options = entry.options});
  }
  for (const auto& n : content.nurseries) {
    into.emplace(path + "/" + n->pattern(), declared_slot{.what = declared_slot::kind::nursery,
                                                          .type = &n->type(),
                                                          .at_most = n->at_most(),
                                                          .options = n->shared_options(),
                                                          .children = n});
  }
}

// What senders read, and what holds for a whole life of the slot.
void compare_fixed(const std::string& path, const child_options& now, const child_options& next, problem_list& problems) {
  const auto require_same = [&](const char* name, bool same) {
    if (!same) problems.push_back({path, std::string{name} + " cannot change while the tree runs"});
  };
  require_same("mailbox", now.mailbox == next.mailbox);
  require_same("kind", now.kind == next.kind);
  require_same("after", now.after == next.after);
  require_same("having a breaker", now.breaker.has_value() == next.breaker.has_value());
  require_same("own_thread", now.own_thread == next.own_thread);
  require_same("reload_by", now.reload_by == next.reload_by);
}

[[nodiscard]] bool same_policy(const supervisor_declared& a, const supervisor_declared& b) {
  return a.how == b.how && a.options == b.options;
}

// Functions of other types are others for certain; of the same types they may have captured something else, which only the version tells.
[[nodiscard]] bool another_version(const std::string& path, const hosted_plan& now, const hosted_plan& next, problem_list& problems) {
  if (now.version != next.version) return true;
  if (now.functions != next.functions)
    problems.push_back({path, "other functions under the same version: give them a version of their own"});
  return false;
}

void compare(const std::string& path, const declared_slot& now, const declared_slot& next, tree_change& found) {
  using kind = declared_slot::kind;
  const bool same_class = now.type == nullptr || (next.type != nullptr && now.type->same_class(*next.type));
  const bool same_handle = !now.hosted || (next.hosted && now.hosted->handle == next.hosted->handle);
  if (now.what != next.what || !same_class || !same_handle)
    return found.problems.push_back({path, "another kind of child: this needs a new start"});
  if (now.at_most != next.at_most) found.problems.push_back({path, "at_most cannot change while the tree runs"});
  if (now.options) compare_fixed(path, *now.options, *next.options, found.problems);
  slot_change change{path, next};
  if (now.what == kind::actor) change.config = !now.type->same_config(now.config.get(), next.config.get());
  if (now.what == kind::foreign) change.config = another_version(path, *now.hosted, *next.hosted, found.problems);
  change.policy = (now.options && *now.options != *next.options) || (now.how && !same_policy(*now.how, *next.how));
  if (change.config || change.policy) found.slots.push_back(std::move(change));
}

} // namespace

declared_tree declared_by(const supervisor_spec& root) {
  declared_tree all;
  collect(root, "/" + root.name(), nullptr, all);
  return all;
}

tree_change difference(const declared_tree& now, const declared_tree& next) {
  tree_change found;
  for (const auto& [path, slot] : now) {
    if (const auto same = next.find(path); same != next.end()) compare(path, slot, same->second, found);
    else found.problems.push_back({path, "is missing in the next declaration: a slot cannot leave a running tree"});
  }
  for (const auto& [path, slot] : next) {
    if (!now.contains(path)) found.problems.push_back({path, "is new in the next declaration: a slot cannot join a running tree"});
  }
  return found;
}

} // namespace alys::detail
