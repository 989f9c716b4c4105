// SPDX-License-Identifier: Apache-2.0
//
// Strategies: whom a restart concerns, how many restarts a supervisor allows, and what it does when they do not help.
//
// The first three are those of OTP's supervisor. A function of your own may take their place: it is asked whenever a child is to be
// restarted, sees the failure and all children, and says of each what becomes of it.
//
// ```cpp
// // Caches are filled from the child that failed, so they start anew with it, wherever they were declared.
// inline void with_caches(const alys::failure&, std::span<alys::sibling> children) {
//   for (auto& child : children) {
//     if (child.name.starts_with("cache-")) child.then = alys::action::restart;
//   }
// }
//
// inline alys::result<alys::strategy> from_config(std::string_view name) {
//   alys::strategy_set own;
//   own.add("with_caches", with_caches);
//   return alys::strategy::by_name(name, {.restarts = 5, .within = 30s}, own);
// }
// ```
#pragma once

#include <alys/actors/decision.hpp>
#include <alys/actors/restart.hpp>
#include <alys/actors/result.hpp>

#include <functional>
#include <map>

namespace alys {

// What a supervisor does about a failure that it cannot heal: its budget is spent, or a decision said `escalate`.
enum class escalation : std::uint8_t {
  to_parent,       // it fails itself, and its own supervisor decides; the root ends the tree in order, with an exit code of its own
  stop_subtree,    // it ends for good with all below it, and nobody else is asked; at the root as to_parent
  degrade,         // the child ends for good; the supervisor goes on without it, and is degraded
  restart_subtree, // all its children restart, and the budget counts from nothing; more such restarts than the budget allows go to_parent
};
[[nodiscard]] std::string_view to_string(escalation) noexcept;

// Restart the child that failed. The budget: more than `restarts` restarts of any of its children within `within`, and `then` follows.
struct one_for_one {
  std::uint32_t restarts = 3;
  std::chrono::milliseconds within{60'000};
  escalation then = escalation::to_parent;
};
// Restart all children, in their order.
struct one_for_all {
  std::uint32_t restarts = 3;
  std::chrono::milliseconds within{60'000};
  escalation then = escalation::to_parent;
};
// Restart the child that failed and those declared after it.
struct rest_for_one {
  std::uint32_t restarts = 3;
  std::chrono::milliseconds within{60'000};
  escalation then = escalation::to_parent;
};

// A child as a strategy of your own sees it, in the order of declaration and birth.
struct sibling {
  std::string_view name = {};
  bool failed = false;          // the one that failed
  bool running = false;         // up, and not about to end
  std::uint64_t restarts = 0;   // ever
  action then = action::resume; // yours to set. Of the one that failed: restart (as it comes), or stop. Of others: resume (as they come:
                                // it leaves them alone), restart or stop. Of any: escalate
};

// Runs in the supervisor's turn: quick, and no waiting. What it throws escalates.
using strategy_function = std::function<void(const failure& what, std::span<sibling> children)>;

// Asks a function of yours whom a restart concerns.
struct by_function {
  std::string name = {}; // for listings; not empty
  strategy_function decide = {};
  std::uint32_t restarts = 3;
  std::chrono::milliseconds within{60'000};
  escalation then = escalation::to_parent;
};

enum class strategy_kind : std::uint8_t { one_for_one, one_for_all, rest_for_one, by_function };
[[nodiscard]] std::string_view to_string(strategy_kind) noexcept;

// Functions by name, so that a config can choose one.
class strategy_set {
public:
  // Throws std::invalid_argument if the name is empty, taken, or that of a strategy of the library, or the function is empty.
  strategy_set& add(std::string name, strategy_function decide);
  // Null if there is none.
  [[nodiscard]] const strategy_function* find(std::string_view name) const noexcept;
  [[nodiscard]] std::vector<std::string> names() const;

private:
  std::map<std::string, strategy_function, std::less<>> by_name_;
};

// A strategy, its budget and what follows when that is spent.
class strategy {
public:
  strategy(const one_for_one& s) noexcept // NOLINT(google-explicit-constructor)
      : kind_(strategy_kind::one_for_one), then_(s.then), limit_{s.restarts, s.within} {}
  strategy(const one_for_all& s) noexcept // NOLINT(google-explicit-constructor)
      : kind_(strategy_kind::one_for_all), then_(s.then), limit_{s.restarts, s.within} {}
  strategy(const rest_for_one& s) noexcept // NOLINT(google-explicit-constructor)
      : kind_(strategy_kind::rest_for_one), then_(s.then), limit_{s.restarts, s.within} {}
  strategy(by_function s); // NOLINT(google-explicit-constructor)

  // From a config: "one_for_one", "one_for_all", "rest_for_one" or a name of `own`; errc::out_of_range, with what is known, for others.
  [[nodiscard]] static result<strategy> by_name(std::string_view name, restart_limit limit = {}, const strategy_set& own = {});

  [[nodiscard]] strategy_kind kind() const noexcept { return kind_; }
  [[nodiscard]] const restart_limit& limit() const noexcept { return limit_; }
  [[nodiscard]] escalation then() const noexcept { return then_; }
  // The same strategy, with another answer to what it cannot heal.
  [[nodiscard]] strategy with(escalation then) const;
  // "one_for_one", or the name of a function.
  [[nodiscard]] std::string_view name() const noexcept;
  // Of by_function; null otherwise.
  [[nodiscard]] const strategy_function* function() const noexcept { return own_ ? &own_->decide : nullptr; }

  // Functions are the same if their names are.
  friend bool operator==(const strategy& a, const strategy& b) noexcept {
    return a.kind_ == b.kind_ && a.then_ == b.then_ && a.limit_ == b.limit_ && a.name() == b.name();
  }

private:
  strategy_kind kind_;
  escalation then_;
  restart_limit limit_;
  std::shared_ptr<const by_function> own_;
};

// Appends what is wrong, by the name of the field.
void validate(const strategy&, problem_list& problems);

// "at most 3 in 1m, then to_parent": the effective policy of a supervisor.
[[nodiscard]] std::string to_string(const strategy&);

} // namespace alys
