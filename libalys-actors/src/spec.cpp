// SPDX-License-Identifier: Apache-2.0
//
// Collecting a declaration and finding everything that is wrong with it before anything runs.
#include "spec.hpp"

#include "cell.hpp"
#include "foreign_slot.hpp"
#include "nursery.hpp"

#include <alys/actors/start_check.hpp>

#include <algorithm>

namespace alys {

std::string_view to_string(auto_shutdown when) noexcept {
  switch (when) {
    case auto_shutdown::any_significant: return "any_significant";
    case auto_shutdown::all_significant: return "all_significant";
  }
  return "unknown";
}

detail::spec_content::~spec_content() {
  if (used) return;
  for (const entry& e : entries) {
    if (e.cell) static_cast<supervised&>(*e.cell).turn_away_queued();
  }
}

void detail::spec_content::require_unused(const std::string& added) const {
  if (used)
    throw std::logic_error("alys: \"" + added + "\" is declared under \"" + plan->name +
                           "\", which was started before: declare everything before the start, and with children<A>() what comes later");
}

supervisor_spec::supervisor_spec(std::string name, strategy how, supervisor_options options)
    : content_(std::make_shared<detail::spec_content>()) {
  content_->plan =
      std::make_shared<const detail::supervisor_declared>(detail::supervisor_declared{std::move(name), how, std::move(options)});
}

const std::string& supervisor_spec::name() const noexcept { return content_->plan->name; }

detail::process_ptr supervisor_spec::add(std::string name, std::shared_ptr<const detail::blueprint> plan, problem_list config_problems) {
  content_->require_unused(name);
  auto hosted = std::make_shared<detail::cell>(plan, name);
  add_problems(content_->config_problems, name + ": config.", std::move(config_problems));
  detail::spec_content::entry added;
  added.name = std::move(name);
  added.options = plan->options;
  added.plan = std::move(plan);
  added.cell = hosted;
  content_->entries.push_back(std::move(added));
  return hosted;
}

namespace {

// Options that say something of a mailbox, a handler or a thread, where there is none of ours.
void check_foreign(const child_options& options, problem_list& found) {
  const child_options usual;
  const auto refuse_if = [&](bool given, const char* name) {
    if (given) found.push_back({name, "only an actor of alys has this: leave it out"});
  };
  refuse_if(options.mailbox != usual.mailbox, "mailbox");
  refuse_if(options.redeliver != usual.redeliver, "redeliver");
  refuse_if(options.own_thread, "own_thread");
  refuse_if(options.resume_after_throw, "resume_after_throw");
  refuse_if(options.health.stalled_after != usual.health.stalled_after, "health.stalled_after");
  refuse_if(options.health.handler_limit != usual.health.handler_limit, "health.handler_limit");
  refuse_if(options.health.when_stuck != usual.health.when_stuck, "health.when_stuck");
}

} // namespace

detail::process_ptr detail::spec_access::add_foreign(supervisor_spec& to, std::string name, std::unique_ptr<guest> what,
                                                     child_options options, problem_list found) {
  spec_content& into = content(to);
  into.require_unused(name);
  check_foreign(options, found);
  add_problems(into.config_problems, name + ": ", std::move(found));
  spec_content::entry added;
  added.options = std::make_shared<const child_options>(std::move(options));
  auto slot = std::make_shared<foreign_slot>(std::move(what), added.options, name);
  added.name = std::move(name);
  added.cell = slot;
  into.entries.push_back(std::move(added));
  return slot;
}

supervisor_spec& supervisor_spec::supervisor(std::string name, strategy how, supervisor_options options) {
  content_->require_unused(name);
  detail::spec_content::entry added;
  added.name = name;
  added.options = std::make_shared<const child_options>(child_options{.restart = options.restart,
                                                                      .kind = options.kind,
                                                                      .significant = options.significant,
                                                                      .critical = options.critical,
                                                                      .after = options.after});
  added.nested = std::make_unique<supervisor_spec>(std::move(name), how, std::move(options));
  content_->entries.push_back(std::move(added));
  return *content_->entries.back().nested;
}

std::shared_ptr<detail::nursery> supervisor_spec::add_nursery(std::string pattern, const detail::actor_type& type, child_options options,
                                                              std::size_t at_most) {
  content_->require_unused(pattern);
  content_->nurseries.push_back(std::make_shared<detail::nursery>(std::move(pattern), type, std::move(options), at_most));
  return content_->nurseries.back();
}

namespace detail {

namespace {

// Redelivery needs handlers that leave their message whole.
void check_redelivery(const std::string& path, const actor_type& type, const child_options& options, problem_list& problems) {
  if (options.redeliver.times == 0) return;
  for (const handler_entry& h : type.handlers) {
    if (!h.keeps_message)
      problems.push_back({path, "redeliver: needs handle(const " + std::string{h.type->name()} + "&): this one may change its message"});
  }
}

[[nodiscard]] bool has_significant_children(const spec_content& content) {
  return std::any_of(content.entries.begin(), content.entries.end(), [](const auto& e) { return e.options->significant; }) ||
         std::any_of(content.nurseries.begin(), content.nurseries.end(), [](const auto& n) { return n->shared_options()->significant; });
}

void check_supervisor(const supervisor_spec& spec, const std::string& path, problem_list& problems) {
  const spec_content& content = spec_access::content(spec);
  problem_list of_strategy;
  validate(content.plan->how, of_strategy);
  add_problems(problems, path + ": ", std::move(of_strategy));
  if (content.plan->options.auto_shutdown > auto_shutdown::all_significant)
    problems.push_back({path + ": auto_shutdown", "must be any_significant or all_significant"});
  if (!reachable(content.plan->options.decisions))
    problems.push_back({path, "decisions: a row can never be reached: an earlier one takes all that it matches"});
  problem_list of_health;
  validate(content.plan->options.health, of_health);
  add_problems(problems, path + ": health.", std::move(of_health));
  if (content.used) problems.push_back({path, "this declaration was started before: build a new one"});
  add_problems(problems, path + "/", content.config_problems);

  std::vector<child_declaration> declared;
  for (const auto& entry : content.entries) {
    declared.push_back({entry.name, entry.options->after});
    problem_list of_options;
    validate(*entry.options, of_options);
    add_problems(problems, path + "/" + entry.name + ": ", std::move(of_options));
    if (entry.plan) check_redelivery(path + "/" + entry.name, *entry.plan->type, *entry.options, problems);
    if (!entry.nested) continue;
    check_supervisor(*entry.nested, path + "/" + entry.name, problems);
    if (entry.options->kind == child_kind::permanent && has_significant_children(spec_access::content(*entry.nested)))
      problems.push_back(
          {path + "/" + entry.name,
           "has significant children, with which it ends for good, so it cannot be permanent: make it transient or temporary"});
  }
  check_children(path, declared, problems);
  for (const auto& n : content.nurseries) {
    const auto options = n->shared_options();
    problem_list of_options;
    validate(*options, of_options);
    add_problems(problems, path + "/" + n->pattern() + ": ", std::move(of_options));
    check_redelivery(path + "/" + n->pattern(), n->type(), *options, problems);
    if (n->at_most() == 0) problems.push_back({path + "/" + n->pattern(), "at_most must be at least 1"});
    if (!valid_child_name(n->name_of("0")))
      problems.push_back({path + "/" + n->pattern(), "not a pattern for names: use a-z, A-Z, 0-9, '.', '_' and '-' besides the {}"});
    for (const std::string& needed : options->after) {
      const bool known = std::any_of(declared.begin(), declared.end(), [&](const auto& d) { return d.name == needed; });
      if (!known) problems.push_back({path + "/" + n->pattern(), "depends on \"" + needed + "\", which is no child of " + path});
    }
    if (n->pattern().find("{}") == std::string::npos)
      problems.push_back({path + "/" + n->pattern(), "the pattern of dynamic children needs a {} for their own part"});
  }
}

void collect_cells(const supervisor_spec& spec, const std::string& path, std::vector<std::pair<std::string, const actor_type*>>& cells) {
  for (const auto& entry : spec_access::content(spec).entries) {
    const std::string below = path + "/" + entry.name;
    if (entry.nested) collect_cells(*entry.nested, below, cells);
    else if (entry.plan) cells.emplace_back(below, entry.plan->type);
  }
  for (const auto& n : spec_access::content(spec).nurseries) cells.emplace_back(path + "/" + n->pattern(), &n->type());
}

} // namespace

void check_without_watchdog(const supervisor_spec& spec, const std::string& path, problem_list& problems) {
  const auto check = [&](const std::string& name, const child_options& options) {
    const char* const nobody_looks = "nobody looks: the watchdog's period is 0";
    const health_options& expected = options.health;
    if (expected.stalled_after > expected.stalled_after.zero())
      problems.push_back({path + "/" + name, std::string{"health.stalled_after: "} + nobody_looks});
    if (expected.handler_limit > expected.handler_limit.zero())
      problems.push_back({path + "/" + name, std::string{"health.handler_limit: "} + nobody_looks});
    if (expected.when_stuck != stuck_answer::report)
      problems.push_back({path + "/" + name, std::string{"health.when_stuck: "} + nobody_looks});
  };
  const spec_content& content = spec_access::content(spec);
  for (const auto& entry : content.entries) {
    check(entry.name, *entry.options);
    if (entry.nested) check_without_watchdog(*entry.nested, path + "/" + entry.name, problems);
  }
  for (const auto& n : content.nurseries) check(n->pattern(), *n->shared_options());
}

name_graph ask_graph(const supervisor_spec& root) {
  std::vector<std::pair<std::string, const actor_type*>> cells;
  collect_cells(root, "/" + root.name(), cells);
  name_graph graph;
  for (const auto& [path, type] : cells) {
    graph.add(path);
    for (const ask_edge& edge : type->asks) {
      for (const auto& [other, other_type] : cells) {
        const bool asked = edge.actor != nullptr ? edge.actor().same_class(*other_type) : other_type->find(*edge.message) != nullptr;
        if (asked) graph.add_edge(path, other);
      }
    }
  }
  return graph;
}

} // namespace detail

problem_list supervisor_spec::check() const {
  problem_list problems;
  const std::string path = "/" + name();
  if (!valid_child_name(name())) problems.push_back({path, "not a name for a supervisor: use a-z, A-Z, 0-9, '.', '_' and '-'"});
  detail::check_supervisor(*this, path, problems);
  check_asks(detail::ask_graph(*this), problems);
  return problems;
}

} // namespace alys
