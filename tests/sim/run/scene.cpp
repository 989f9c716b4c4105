// SPDX-License-Identifier: Apache-2.0
#include "scene.hpp"

namespace alys::sim {

namespace {

using namespace std::chrono_literals;

constexpr row forgiving[] = {{category::unknown, action::resume}, {category::logic, action::restart}};
constexpr row strict[] = {
    {severity::critical, action::escalate}, {category::unknown, severity::low, action::stop}, {category::timeout, action::restart}};
constexpr row by_code[] = {{errc::hook_timeout, action::stop}, {errc::unknown_exception, action::escalate}};

} // namespace

scene::scene(stage& on)
    : stage_(on),
      tight_(on.once_in(3)),
      crowded_(on.once_in(2)),
      supervisors_left_(static_cast<std::uint32_t>(on.random.below(4))),
      players_left_(2 + static_cast<std::uint32_t>(on.random.below(6))),
      root_(draw_root()) {
  add_children(root_, "/root", 1);
  while (players_left_ > 0) add_player(root_, "/root");
}

supervisor_spec scene::draw_root() {
  const strategy how = draw_strategy("/root");
  supervisor_options options;
  if (stage_.once_in(4)) may_have_significant_.insert("/root");
  if (stage_.once_in(2)) options.auto_shutdown = auto_shutdown::all_significant;
  stage_.seen->supervisors().add_supervisor("/root", how, {}, options.auto_shutdown);
  return supervisor_spec{"root", how, options};
}

void scene::add_children(supervisor_spec& spec, const std::string& path, std::uint32_t depth) {
  for (std::uint64_t many = 1 + stage_.random.below(4); many > 0; --many) {
    const std::uint64_t lot = stage_.random.below(10);
    if (lot < 3 && supervisors_left_ > 0 && depth < 4) {
      --supervisors_left_;
      const std::string name = "s" + std::to_string(++names_);
      const std::string nested_path = path + '/' + name;
      const strategy how = draw_strategy(nested_path);
      const supervisor_options options = draw_supervision(path, nested_path);
      declared_[path].push_back(name);
      auto& nested = spec.supervisor(name, how, options);
      supervision& models = stage_.seen->supervisors();
      models.add_supervisor(nested_path, how, options.decisions, options.auto_shutdown);
      models.add_child(path, nested_path,
                       {.restart = options.restart, .kind = options.kind, .significant = options.significant, .after = options.after});
      add_children(nested, nested_path, depth + 1);
    } else if (lot < 9) {
      if (players_left_ > 0) add_player(spec, path);
    } else {
      add_nursery(spec, path);
    }
  }
}

void scene::add_player(supervisor_spec& spec, const std::string& path) {
  --players_left_;
  const std::string name = "p" + std::to_string(++names_);
  child_options options = draw_options(path);
  options.after = draw_needed(path);
  declared_[path].push_back(name);
  const auto me = static_cast<cell_number>(stage_.players.size());
  switch (stage_.random.below(levels)) {
    case 0: declare(path, path + '/' + name, options, spec.child<player<0>>(name, {}, options, std::ref(stage_), me, true)); break;
    case 1: declare(path, path + '/' + name, options, spec.child<player<1>>(name, {}, options, std::ref(stage_), me, true)); break;
    default: declare(path, path + '/' + name, options, spec.child<player<2>>(name, {}, options, std::ref(stage_), me, true)); break;
  }
}

void scene::add_nursery(supervisor_spec& spec, const std::string& path) {
  const std::string pattern = "n" + std::to_string(++names_) + "-{}";
  const child_options options = draw_options(path);
  switch (stage_.random.below(levels)) {
    case 0: nurseries_.push_back({path, options, spec.children<player<0>>(pattern, options, 3)}); break;
    case 1: nurseries_.push_back({path, options, spec.children<player<1>>(pattern, options, 3)}); break;
    default: nurseries_.push_back({path, options, spec.children<player<2>>(pattern, options, 3)}); break;
  }
}

void scene::declare(const std::string& supervisor, const std::string& path, const child_options& options, any_ref who) {
  stage_.players.push_back(std::move(who));
  (void)stage_.seen->add_cell(path, options);
  stage_.seen->supervisors().add_child(supervisor, path, options);
  mortal_.push_back(options.kind != child_kind::permanent);
  may_finish_.push_back(mortal_.back() || (!tight_ && !ask_users_.contains(supervisor) && !options.breaker));
}

void scene::bear() {
  if (nurseries_.empty()) return;
  const auto which = static_cast<std::size_t>(stage_.random.below(nurseries_.size()));
  nursery& n = nurseries_[which];
  const auto me = static_cast<cell_number>(stage_.players.size());
  // Numbers come again, so that a path is used by one child after another.
  const std::string suffix = std::to_string(++n.born % 5);
  const auto birth = [&](const auto& births) {
    const auto child = births.start(suffix, {}, std::ref(stage_), me, false);
    if (!child) return stage_.seen->note(static_cast<std::uint64_t>(child.error().code().value()));
    declare(n.supervisor, child->path(), n.options, *child);
    born_.emplace_back(which, me);
  };
  std::visit(birth, n.births);
}

void scene::dismiss() {
  if (born_.empty()) return;
  const auto& [which, whom] = born_[static_cast<std::size_t>(stage_.random.below(born_.size()))];
  const cell_number c = whom; // clang 14 captures no structured bindings
  stage_.seen->supervisors().saw_dismissal(stage_.seen->path_of(c));
  const auto stop = [&](const auto& births) {
    using births_type = std::remove_cvref_t<decltype(births)>;
    const auto end = [&]<int Level>(const ref<player<Level>>& child) {
      if constexpr (std::is_same_v<births_type, factory<player<Level>>>) (void)births.stop(child);
    };
    std::visit(end, stage_.players[c]);
  };
  std::visit(stop, nurseries_[which].births);
}

// ---- drawing ----

strategy scene::draw_strategy(const std::string& of) {
  const std::uint32_t restarts = tight_ ? static_cast<std::uint32_t>(stage_.random.below(4)) : 10'000;
  const std::chrono::milliseconds within = stage_.once_in(2) ? 60s : 2s;
  const escalation then = draw_answer();
  switch (stage_.random.below(4)) {
    case 0: return one_for_one{restarts, within, then};
    case 1: return one_for_all{restarts, within, then};
    case 2: return rest_for_one{restarts, within, then};
    default: ask_users_.insert(of); return by_function{"own", draw_function(), restarts, within, then};
  }
}

escalation scene::draw_answer() {
  constexpr std::array answers{escalation::to_parent,    escalation::to_parent, escalation::to_parent,
                               escalation::stop_subtree, escalation::degrade,   escalation::restart_subtree};
  return stage_.one_of(answers);
}

// What it says hangs on names alone, so that it says the same to the model. While things cross, a budget that can be spent must not hang
// on who is about to end: then who stops the one that failed restarts nobody.
strategy_function scene::draw_function() {
  const std::uint64_t salt = stage_.random.below(1'000);
  const bool bold = stage_.calm() || !tight_;
  return [salt, bold](const failure& what, std::span<sibling> children) {
    const auto draw = [salt](std::string_view one, std::string_view other) {
      std::uint64_t mixed = salt;
      for (const auto text : {one, other}) {
        for (const char c : text) mixed = mixed * 31 + static_cast<unsigned char>(c);
      }
      return splitmix64{mixed}.below(12);
    };
    const std::uint64_t lot = draw(what.path, "");
    if (lot == 0) throw std::runtime_error("no strategy");
    for (sibling& each : children) {
      if (each.failed) {
        if (lot <= 2) each.then = lot == 1 ? action::escalate : action::stop;
        continue;
      }
      const std::uint64_t other = draw(what.path, each.name);
      if (other < 4 && (bold || lot != 2)) each.then = action::restart;
      if (other == 4) each.then = action::stop;
    }
  };
}

restart_policy scene::draw_policy() {
  switch (stage_.random.below(6)) {
    case 0: return never{};
    case 1: return backoff{.initial = 5ms, .cap = 500ms};
    case 2: return backoff{.initial = 20ms, .cap = 1s, .multiplier = 3, .jitter = jitter::none, .healthy_after = 1s};
    default: return immediate{};
  }
}

breaker scene::draw_breaker() {
  constexpr std::array<std::chrono::milliseconds, 3> times{20ms, 300ms, 2s};
  const auto few = [this] { return 1 + static_cast<std::uint32_t>(stage_.random.below(3)); };
  return {.failures = few(),
          .open_for = stage_.one_of(times),
          .probes = few(),
          .successes = few(),
          .healthy_after = stage_.once_in(2) ? 1s : 10s};
}

mailbox_options scene::draw_mailbox() {
  constexpr std::array policies{overflow::reject, overflow::drop_oldest, overflow::drop_newest, overflow::block};
  constexpr std::array<std::chrono::milliseconds, 4> times{5ms, 60ms, 400ms, 2s};
  const bool blocks = crowded_ && !stage_.once_in(4);
  const bool narrow = blocks || stage_.once_in(2);
  return {.capacity = narrow ? 1 + static_cast<std::size_t>(stage_.random.below(crowded_ ? 2 : 4)) : 1'000,
          .urgent_capacity = narrow ? 1 + static_cast<std::size_t>(stage_.random.below(3)) : 100,
          .overflow = blocks ? overflow::block : stage_.one_of(policies),
          .block_for = stage_.calm() ? 60ms : stage_.one_of(times)};
}

std::span<const row> scene::draw_decisions() {
  switch (stage_.random.below(6)) {
    case 0: return forgiving;
    case 1: return strict;
    case 2: return by_code;
    default: return {};
  }
}

// Of the siblings that were declared before.
std::vector<std::string> scene::draw_needed(const std::string& supervisor) {
  const auto& siblings = declared_[supervisor];
  if (siblings.empty() || !stage_.once_in(6)) return {};
  return {siblings[static_cast<std::size_t>(stage_.random.below(siblings.size()))]};
}

// One that significant children end for good must not be permanent.
supervisor_options scene::draw_supervision(const std::string& above, const std::string& path) {
  supervisor_options options{.decisions = draw_decisions(), .after = draw_needed(above), .restart = draw_policy()};
  if (stage_.once_in(3)) {
    options.kind = stage_.once_in(2) ? child_kind::transient : child_kind::temporary;
    if (options.kind == child_kind::temporary) options.restart = immediate{};
    may_have_significant_.insert(path);
    options.significant = may_have_significant_.contains(above) && stage_.once_in(2);
  }
  if (stage_.once_in(2)) options.auto_shutdown = auto_shutdown::all_significant;
  return options;
}

child_options scene::draw_options(const std::string& supervisor) {
  constexpr std::array kinds{child_kind::permanent, child_kind::permanent, child_kind::permanent, child_kind::transient,
                             child_kind::temporary};
  child_options options{.restart = draw_policy(), .mailbox = draw_mailbox(), .kind = stage_.one_of(kinds), .decisions = draw_decisions()};
  if (options.kind == child_kind::temporary) options.restart = immediate{};
  options.significant = options.kind != child_kind::permanent && may_have_significant_.contains(supervisor) && stage_.once_in(2);
  const bool may_restart = options.kind != child_kind::temporary && !std::holds_alternative<never>(options.restart);
  if (tight_ && stage_.once_in(4) && may_restart) options.limit = restart_limit{.restarts = 1, .within = 10s};
  if (may_restart && stage_.once_in(crowded_ ? 2 : 4)) options.breaker = draw_breaker();
  if (!stage_.calm() && stage_.once_in(2)) { // one failure may become several
    options.redeliver = {.times = 1 + static_cast<std::uint32_t>(stage_.random.below(4)),
                         .quarantine_after = 1 + static_cast<std::uint32_t>(stage_.random.below(4))};
  }
  if (stage_.once_in(4)) options.mailbox.stash_capacity = 1;
  options.critical = !stage_.once_in(3);
  options.resume_after_throw = stage_.once_in(2);
  options.initialize_within = stage_.once_in(2) ? 50ms : 1s;
  options.stop_within = stage_.once_in(2) ? 50ms : 1s;
  options.own_thread = stage_.once_in(10);
  return options;
}

} // namespace alys::sim
