// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/chaos.hpp>

#include "cell.hpp"
#include "interposed.hpp"
#include "nursery.hpp"

#include <alys/actors/random.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <stdexcept>
#include <thread>

namespace alys {

namespace {

// "*" in `pattern` stands for any characters.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view text) noexcept {
  if (pattern.empty()) return text.empty();
  if (pattern.front() != '*') return !text.empty() && pattern.front() == text.front() && matches(pattern.substr(1), text.substr(1));
  for (std::size_t taken = 0; taken <= text.size(); ++taken) {
    if (matches(pattern.substr(1), text.substr(taken))) return true;
  }
  return false;
}

// FNV-1a: the same on every platform.
[[nodiscard]] std::uint64_t hash(std::string_view text) noexcept {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return h;
}

struct tally {
  std::atomic<std::uint64_t> seen{0};
  std::atomic<std::uint64_t> thrown{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::uint64_t> replies_lost{0};
  std::atomic<std::uint64_t> slowed{0};
};

void add_up(tree_node& sum, const tree_node& node) {
  sum.restarts += node.restarts;
  sum.messages += node.messages;
  for (const departed_children& gone : node.departed) {
    sum.restarts += gone.restarts;
    sum.messages += gone.messages;
  }
  for (const tree_node& child : node.children) add_up(sum, child);
}

[[nodiscard]] std::string what_the_tree_did(const tree_node& node) {
  return std::to_string(node.restarts) + " restarts, " + std::to_string(node.messages.failed) + " messages failed, " +
         std::to_string(node.messages.undelivered) + " undelivered";
}

} // namespace

void chaos_rule::validate(problem_list& found) const {
  if (paths.empty() || (paths.front() != '/' && paths.front() != '*'))
    found.push_back({"paths", "must be a path, in which * stands for any characters: \"/root/bank/*\""});
  if (message.empty()) found.push_back({"message", "must be the name of a message type, or * for all"});
  const auto check_rate = [&](std::string_view name, double rate) {
    if (!(rate >= 0 && rate <= 1)) found.push_back({std::string{name}, "must be from 0 to 1"});
  };
  check_rate("throws", throws);
  check_rate("fails", fails);
  check_rate("loses_reply", loses_reply);
  check_rate("slow", slow);
  if (throws + fails + loses_reply + slow > 1) found.push_back({"throws", "with fails, loses_reply and slow must be at most 1 together"});
  if (slow_for < std::chrono::milliseconds::zero() || slow_for > std::chrono::minutes{1})
    found.push_back({"slow_for", "must be from 0 to 1 minute"});
}

struct chaos::state {
  const chaos_options options;
  std::atomic<bool> on;
  std::map<std::string, std::shared_ptr<tally>> counts; // complete before the tree starts

  explicit state(chaos_options chosen) : options(std::move(chosen)), on(options.on) {}

  [[nodiscard]] bool names(const std::string& path) const {
    return std::any_of(options.rules.begin(), options.rules.end(), [&](const chaos_rule& r) { return matches(r.paths, path); });
  }
  // Somebody of that pattern: "/root/peer-*".
  [[nodiscard]] bool may_name(const std::string& pattern) const {
    return std::any_of(options.rules.begin(), options.rules.end(),
                       [&](const chaos_rule& r) { return matches(r.paths, pattern) || matches(pattern, r.paths); });
  }
  [[nodiscard]] std::shared_ptr<tally> count_for(const std::string& path) {
    auto& found = counts[path];
    if (!found) found = std::make_shared<tally>();
    return found;
  }
};

// Stands before the handlers of one slot.
class chaos::slot final : public detail::interceptor {
public:
  slot(const detail::actor_type& original, std::shared_ptr<const state> all, const std::string& path, std::shared_ptr<tally> count)
      : interceptor(original), all_(std::move(all)), count_(std::move(count)), random_(all_->options.seed ^ hash(path)) {
    for (const chaos_rule& rule : all_->options.rules) {
      if (matches(rule.paths, path)) rules_.push_back(&rule);
    }
  }

  [[nodiscard]] error before(detail::data_envelope& m) override {
    if (!all_->on.load(std::memory_order_relaxed)) return {};
    count(count_->seen);
    const auto rule = std::find_if(rules_.begin(), rules_.end(), [&](const chaos_rule* r) { return matches(r->message, m.type->name()); });
    double drawn = random_.fraction();
    if (rule == rules_.end()) return {};
    const auto falls_into = [&](double rate) {
      const bool yes = drawn >= 0 && drawn < rate;
      drawn -= rate;
      return yes;
    };
    if (falls_into((*rule)->throws)) {
      count(count_->thrown);
      throw std::runtime_error("thrown by chaos");
    }
    if (falls_into((*rule)->fails)) {
      count(count_->failed);
      return fail(category::unknown, "failed by chaos");
    }
    if (falls_into((*rule)->loses_reply)) {
      if (m.asked()) count(count_->replies_lost);
      detail::lose_reply(m);
    } else if (falls_into((*rule)->slow)) {
      count(count_->slowed);
      std::this_thread::sleep_for((*rule)->slow_for);
    }
    return {};
  }

private:
  static void count(std::atomic<std::uint64_t>& what) noexcept { what.fetch_add(1, std::memory_order_relaxed); }

  const std::shared_ptr<const state> all_;
  const std::shared_ptr<tally> count_;
  splitmix64 random_;
  std::vector<const chaos_rule*> rules_;
};

chaos::chaos(chaos_options options) {
  problem_list found;
  for (std::size_t i = 0; i < options.rules.size(); ++i) {
    problem_list of_rule;
    options.rules[i].validate(of_rule);
    add_problems(found, "rules[" + std::to_string(i) + "].", std::move(of_rule));
  }
  if (options.rules.empty()) found.push_back({"rules", "must name at least one"});
  std::string text = "alys chaos:";
  for (const auto& p : found) text += ' ' + p.path + ' ' + p.text + ';';
  if (!found.empty()) throw std::invalid_argument(text);
  state_ = std::make_shared<state>(std::move(options));
}

void chaos::join(const supervisor_spec& root) const {
  std::vector<std::string> patterns;
  const auto visit = [&](const auto& self, const supervisor_spec& spec, const std::string& path) -> void {
    auto& content = detail::spec_access::content(spec);
    content.require_unused("chaos");
    for (auto& entry : content.entries) {
      const std::string below = path + "/" + entry.name;
      if (entry.nested) {
        self(self, *entry.nested, below);
        continue;
      }
      patterns.push_back(below);
      if (!state_->names(below)) continue;
      auto plan = std::make_shared<detail::blueprint>(*entry.plan);
      detail::interpose(*plan, std::make_shared<slot>(*plan->type, state_, below, state_->count_for(below)));
      entry.plan = plan;
      static_cast<detail::cell&>(*entry.cell).set_plan(plan);
    }
    for (const auto& nursery : content.nurseries) {
      const std::string below = path + "/" + nursery->pattern();
      patterns.push_back(path + "/" + nursery->name_of("*"));
      if (!state_->may_name(patterns.back())) continue;
      nursery->add_change([all = state_, count = state_->count_for(below)](detail::blueprint& plan, const std::string& born) {
        if (all->names(born)) detail::interpose(plan, std::make_shared<slot>(*plan.type, all, born, count));
      });
    }
  };
  visit(visit, root, "/" + root.name());
  for (const chaos_rule& rule : state_->options.rules) {
    const bool known = std::any_of(patterns.begin(), patterns.end(),
                                   [&](const std::string& path) { return matches(rule.paths, path) || matches(path, rule.paths); });
    if (!known) throw std::invalid_argument("alys chaos: no actor under /" + root.name() + " is named by \"" + rule.paths + "\"");
  }
}

void chaos::turn_on() const noexcept { state_->on = true; }
void chaos::turn_off() const noexcept { state_->on = false; }
bool chaos::is_on() const noexcept { return state_->on; }

std::vector<chaos_count> chaos::counts() const {
  std::vector<chaos_count> all;
  for (const auto& [path, c] : state_->counts) all.push_back({path, c->seen, c->thrown, c->failed, c->replies_lost, c->slowed});
  return all;
}

std::string chaos::report(const tree_node& root) const {
  std::string text = "chaos, seed " + std::to_string(state_->options.seed) + '\n';
  for (const chaos_count& c : counts()) {
    text += c.path + ": " + std::to_string(c.seen) + " messages, " + std::to_string(c.thrown) + " thrown, " + std::to_string(c.failed) +
            " failed, " + std::to_string(c.replies_lost) + " replies lost, " + std::to_string(c.slowed) + " slowed";
    if (const tree_node* node = find(root, c.path)) text += "; " + what_the_tree_did(*node);
    text += '\n';
  }
  tree_node sum;
  add_up(sum, root);
  return text + "the tree: " + what_the_tree_did(sum) + '\n';
}

} // namespace alys
