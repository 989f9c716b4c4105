// SPDX-License-Identifier: Apache-2.0
//
// Strategies by name and in words.
#include <alys/actors/strategy.hpp>

#include <algorithm>
#include <stdexcept>

namespace alys {

namespace {

constexpr std::array library_strategies{strategy_kind::one_for_one, strategy_kind::one_for_all, strategy_kind::rest_for_one};

[[nodiscard]] std::optional<strategy_kind> library_strategy(std::string_view name) noexcept {
  const auto* const found =
      std::find_if(library_strategies.begin(), library_strategies.end(), [&](strategy_kind k) { return to_string(k) == name; });
  return found != library_strategies.end() ? std::optional{*found} : std::nullopt;
}

} // namespace

std::string_view to_string(strategy_kind kind) noexcept {
  switch (kind) {
    case strategy_kind::one_for_one: return "one_for_one";
    case strategy_kind::one_for_all: return "one_for_all";
    case strategy_kind::rest_for_one: return "rest_for_one";
    case strategy_kind::by_function: return "by_function";
  }
  return "unknown";
}

std::string_view to_string(escalation then) noexcept {
  switch (then) {
    case escalation::to_parent: return "to_parent";
    case escalation::stop_subtree: return "stop_subtree";
    case escalation::degrade: return "degrade";
    case escalation::restart_subtree: return "restart_subtree";
  }
  return "unknown";
}

strategy_set& strategy_set::add(std::string name, strategy_function decide) {
  const std::string what = "alys: strategy \"" + name + "\": ";
  if (name.empty()) throw std::invalid_argument(what + "it needs a name");
  if (!decide) throw std::invalid_argument(what + "it needs a function");
  if (library_strategy(name)) throw std::invalid_argument(what + "the library has one of this name");
  if (!by_name_.try_emplace(std::move(name), std::move(decide)).second) throw std::invalid_argument(what + "added twice");
  return *this;
}

const strategy_function* strategy_set::find(std::string_view name) const noexcept {
  const auto found = by_name_.find(name);
  return found != by_name_.end() ? &found->second : nullptr;
}

std::vector<std::string> strategy_set::names() const {
  std::vector<std::string> all;
  for (const auto& [name, decide] : by_name_) all.push_back(name);
  return all;
}

strategy::strategy(by_function s)
    : kind_(strategy_kind::by_function),
      then_(s.then),
      limit_{s.restarts, s.within},
      own_(std::make_shared<const by_function>(std::move(s))) {}

result<strategy> strategy::by_name(std::string_view name, restart_limit limit, const strategy_set& own) {
  if (const auto kind = library_strategy(name)) {
    strategy s{one_for_one{limit.restarts, limit.within}};
    s.kind_ = *kind;
    return s;
  }
  if (const strategy_function* decide = own.find(name))
    return strategy{by_function{.name = std::string{name}, .decide = *decide, .restarts = limit.restarts, .within = limit.within}};
  std::vector<std::string> known;
  for (const strategy_kind kind : library_strategies) known.emplace_back(to_string(kind));
  for (std::string& each : own.names()) known.push_back(std::move(each));
  std::string list;
  for (std::size_t i = 0; i < known.size(); ++i) list += (i == 0 ? "" : i + 1 == known.size() ? " or " : ", ") + known[i];
  return refuse(errc::out_of_range, "strategy \"" + std::string{name} + "\": expected " + list);
}

strategy strategy::with(escalation then) const {
  strategy changed = *this;
  changed.then_ = then;
  return changed;
}

std::string_view strategy::name() const noexcept { return own_ ? std::string_view{own_->name} : to_string(kind_); }

void validate(const strategy& how, problem_list& problems) {
  problem_list of_limit;
  validate(how.limit(), of_limit);
  add_problems(problems, "budget.", std::move(of_limit));
  if (how.then() > escalation::restart_subtree) problems.push_back({"then", "must be to_parent, stop_subtree, degrade or restart_subtree"});
  if (how.kind() != strategy_kind::by_function) return;
  if (how.name().empty()) problems.push_back({"strategy", "a function needs a name"});
  if (!*how.function()) problems.push_back({"strategy", "by_function needs a function"});
}

std::string to_string(const strategy& how) { return to_string(how.limit()) + ", then " + std::string{to_string(how.then())}; }

} // namespace alys
