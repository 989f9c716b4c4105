// SPDX-License-Identifier: Apache-2.0
//
// Checks and words of child options.
#include "spec.hpp"

#include <alys/actors/child_options.hpp>

namespace alys {

std::string_view to_string(child_kind kind) noexcept {
  switch (kind) {
    case child_kind::permanent: return "permanent";
    case child_kind::transient: return "transient";
    case child_kind::temporary: return "temporary";
  }
  return "unknown";
}

std::string_view to_string(reload_by how) noexcept {
  switch (how) {
    case reload_by::hooks: return "hooks";
    case reload_by::restart: return "restart";
  }
  return "unknown";
}

namespace {

// Options that say something about restarts of a child that has none, or about an end that never comes.
void check_combinations(const child_options& options, problem_list& problems) {
  const auto refuse_if = [&](bool given, const char* name, const char* why) {
    if (given) problems.push_back({name, why});
  };
  if (options.kind == child_kind::temporary) {
    const bool waits = !std::holds_alternative<immediate>(options.restart) && !std::holds_alternative<never>(options.restart);
    refuse_if(waits, "restart", "a temporary child is never restarted: leave it out");
    refuse_if(options.limit.has_value(), "limit", "a temporary child is never restarted: leave it out");
    refuse_if(options.breaker.has_value(), "breaker", "a temporary child is never restarted: leave it out");
  } else if (std::holds_alternative<never>(options.restart)) {
    refuse_if(options.limit.has_value(), "limit", "there is no restart to count with restart never: leave one of the two out");
    refuse_if(options.breaker.has_value(), "breaker", "there is no restart to hold back with restart never: leave one of the two out");
  }
  refuse_if(options.significant && options.kind == child_kind::permanent, "significant",
            "a permanent child does not end by itself: make it transient or temporary");
}

} // namespace

void validate(const child_options& options, problem_list& problems) {
  const auto check_part = [&](const char* name, const auto& part) {
    problem_list found;
    validate(part, found);
    add_problems(problems, std::string{name} + ".", std::move(found));
  };
  check_part("restart", options.restart);
  if (options.limit) check_part("limit", *options.limit);
  if (options.breaker) check_part("breaker", *options.breaker);
  check_part("mailbox", options.mailbox);
  check_part("redeliver", options.redeliver);
  check_part("health", options.health);
  constexpr std::chrono::hours a_year{24 * 365};
  const auto check_time = [&](const char* name, std::chrono::milliseconds value) {
    if (value <= std::chrono::milliseconds::zero() || value > a_year) problems.push_back({name, "must be more than 0 and at most a year"});
  };
  check_time("initialize_within", options.initialize_within);
  check_time("stop_within", options.stop_within);
  if (options.kind > child_kind::temporary) problems.push_back({"kind", "must be permanent, transient or temporary"});
  check_combinations(options, problems);
  if (options.reload_by > reload_by::restart) problems.push_back({"reload_by", "must be hooks or restart"});
  if (!reachable(options.decisions))
    problems.push_back({"decisions", "a row can never be reached: an earlier one takes all that it matches"});
}

std::string to_string(const child_options& options) { return detail::child_policy_text(options, true); }

std::string detail::child_policy_text(const child_options& options, bool has_mailbox) {
  std::string text{to_string(options.kind)};
  text += options.kind == child_kind::temporary ? std::string{} : ", restart " + to_string(options.restart);
  if (options.limit) text += ", " + to_string(*options.limit);
  if (options.breaker) text += ", " + to_string(*options.breaker);
  if (has_mailbox)
    text += ", mailbox " + std::to_string(options.mailbox.capacity) + "/" + std::to_string(options.mailbox.urgent_capacity) + " " +
            std::string{to_string(options.mailbox.overflow)};
  if (options.redeliver.times > 0)
    text += ", redeliver " + std::to_string(options.redeliver.times) + ", quarantine after " +
            std::to_string(options.redeliver.quarantine_after);
  if (!options.decisions.empty()) text += ", " + std::to_string(options.decisions.size()) + " decision rows";
  if (options.significant) text += ", significant";
  if (!options.critical) text += ", not critical";
  if (options.reload_by == reload_by::restart) text += ", reload by restart";
  if (options.own_thread) text += ", own thread";
  if (const std::string expected = to_string(options.health); !expected.empty()) text += ", " + expected;
  return text;
}

} // namespace alys
