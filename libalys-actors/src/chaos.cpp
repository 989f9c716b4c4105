// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/chaos.hpp>

#include "cell.hpp"
#include "interposed.hpp"
#include "json_text.hpp"
#include "nursery.hpp"
#include "turn.hpp"

#include <alys/actors/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
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
  std::atomic<std::uint64_t> delayed{0};

  [[nodiscard]] chaos_count seen_at(const std::string& path) const { return {path, seen, thrown, failed, replies_lost, slowed, delayed}; }
  void begin_anew() noexcept {
    for (auto* each : {&seen, &thrown, &failed, &replies_lost, &slowed, &delayed}) each->store(0, std::memory_order_relaxed);
  }
};

// What a tree did about its faults.
struct deeds {
  std::uint64_t restarts = 0;
  std::uint64_t escalations = 0;
  message_counts messages;

  explicit deeds(const tree_node& node) : restarts(node.restarts), escalations(node.escalations), messages(node.messages) {}
  void add_below(const tree_node& node) {
    for (const departed_children& gone : node.departed) {
      restarts += gone.restarts;
      messages += gone.messages;
    }
    for (const tree_node& child : node.children) {
      restarts += child.restarts;
      escalations += child.escalations;
      messages += child.messages;
      add_below(child);
    }
  }
  [[nodiscard]] std::string text() const {
    return fmt::format("{} restarts, {} messages failed, {} undelivered, {} quarantined", restarts, messages.failed, messages.undelivered,
                       messages.quarantined);
  }
  [[nodiscard]] std::string json() const {
    return fmt::format(R"("restarts":{},"escalations":{},"failed":{},"undelivered":{},"quarantined":{})", restarts, escalations,
                       messages.failed, messages.undelivered, messages.quarantined);
  }
};

[[nodiscard]] deeds of_all(const tree_node& root) {
  deeds sum{root};
  sum.add_below(root);
  return sum;
}

// Of one slot, or of all that were born of a template; nothing if it has left no trace.
[[nodiscard]] std::optional<deeds> of_slot(const tree_node& root, const std::string& path) {
  if (const tree_node* node = find(root, path)) return deeds{*node};
  const auto cut = path.rfind('/');
  const tree_node* parent = find(root, path.substr(0, cut));
  if (parent == nullptr) return std::nullopt;
  const std::string pattern = path.substr(cut + 1);
  tree_node family;
  for (const tree_node& child : parent->children) {
    if (child.pattern == pattern) family.children.push_back(child);
  }
  for (const departed_children& gone : parent->departed) {
    if (gone.pattern == pattern) family.departed.push_back(gone);
  }
  return of_all(family);
}

// Somebody of `path`, which may be a pattern itself: "/root/peer-*".
[[nodiscard]] bool names(const chaos_rule& rule, const std::string& path) { return matches(rule.paths, path) || matches(path, rule.paths); }

[[nodiscard]] bool some_rule_names(const std::vector<chaos_rule>& rules, const std::string& path) {
  return std::any_of(rules.begin(), rules.end(), [&](const chaos_rule& r) { return names(r, path); });
}

// Null if each of them names somebody.
[[nodiscard]] const chaos_rule* names_nobody(const std::vector<chaos_rule>& rules, const std::vector<std::string>& known) {
  const auto lost = std::find_if(rules.begin(), rules.end(), [&](const chaos_rule& r) {
    return std::none_of(known.begin(), known.end(), [&](const std::string& path) { return names(r, path); });
  });
  return lost != rules.end() ? &*lost : nullptr;
}

[[nodiscard]] std::string in_words(const problem_list& problems) {
  std::string text;
  for (const problem& p : problems) text += (text.empty() ? "" : "; ") + p.path + ' ' + p.text;
  return text;
}

[[nodiscard]] problem_list problems_of(const chaos_options& options) {
  problem_list found;
  for (std::size_t i = 0; i < options.rules.size(); ++i) {
    problem_list of_rule;
    options.rules[i].validate(of_rule);
    add_problems(found, "rules[" + std::to_string(i) + "].", std::move(of_rule));
  }
  if (options.rules.empty()) found.push_back({"rules", "must name at least one"});
  return found;
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
  check_rate("delays", delays);
  if (throws + fails + loses_reply + slow + delays > 1)
    found.push_back({"throws", "with fails, loses_reply, slow and delays must be at most 1 together"});
  if (slow_for < std::chrono::milliseconds::zero() || slow_for > std::chrono::minutes{1})
    found.push_back({"slow_for", "must be from 0 to 1 minute"});
  if (delay_for < std::chrono::milliseconds{1} || delay_for > std::chrono::minutes{1})
    found.push_back({"delay_for", "must be from 1 millisecond to 1 minute"});
}

// What is injected from one begin() to the next.
struct chaos::round {
  chaos_options options;
  std::uint64_t number = 0;
};

struct chaos::state {
  std::atomic<bool> on;
  std::atomic<std::uint64_t> number{1};                 // of the round
  std::map<std::string, std::shared_ptr<tally>> counts; // complete before the tree starts
  std::vector<std::string> reached;                     // paths, and patterns of what will be born; likewise

  explicit state(chaos_options chosen) : on(chosen.on), round_(std::make_shared<const round>(round{std::move(chosen), 1})) {}

  [[nodiscard]] std::shared_ptr<const round> current() const {
    const std::lock_guard guard(mutex_);
    return round_;
  }
  void begin(chaos_options next) {
    const std::lock_guard guard(mutex_);
    on = false;
    for (const auto& [path, count] : counts) count->begin_anew();
    const bool starts = next.on;
    round_ = std::make_shared<const round>(round{std::move(next), round_->number + 1});
    number.store(round_->number, std::memory_order_release);
    on = starts;
  }

private:
  mutable std::mutex mutex_; // between who begins anew and the slots that hear of it
  std::shared_ptr<const round> round_;
};

// Stands before the handlers of one slot.
class chaos::slot final : public detail::interceptor {
public:
  slot(const detail::actor_type& original, std::shared_ptr<const state> all, std::string path, std::shared_ptr<tally> count)
      : interceptor(original), all_(std::move(all)), path_(std::move(path)), count_(std::move(count)) {
    enter(all_->current());
  }

  [[nodiscard]] detail::interception before(detail::data_envelope& m) override {
    if (!all_->on.load(std::memory_order_relaxed)) return {};
    if (all_->number.load(std::memory_order_acquire) != round_->number) enter(all_->current());
    if (rules_.empty()) return {};
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
      return {fail(category::unknown, "failed by chaos")};
    }
    if (falls_into((*rule)->loses_reply)) {
      if (m.asked()) count(count_->replies_lost);
      detail::lose_reply(m);
    } else if (falls_into((*rule)->slow)) {
      count(count_->slowed);
      std::this_thread::sleep_for((*rule)->slow_for);
    } else if (falls_into((*rule)->delays) && detail::current_turn()->in_hand != nullptr) {
      count(count_->delayed);
      return {{}, (*rule)->delay_for};
    }
    return {};
  }

private:
  static void count(std::atomic<std::uint64_t>& what) noexcept { what.fetch_add(1, std::memory_order_relaxed); }

  void enter(std::shared_ptr<const round> next) {
    round_ = std::move(next);
    random_ = splitmix64{round_->options.seed ^ hash(path_)};
    rules_.clear();
    for (const chaos_rule& rule : round_->options.rules) {
      if (matches(rule.paths, path_)) rules_.push_back(&rule);
    }
  }

  const std::shared_ptr<const state> all_;
  const std::string path_;
  const std::shared_ptr<tally> count_;
  std::shared_ptr<const round> round_;
  splitmix64 random_{0};
  std::vector<const chaos_rule*> rules_; // of the round, that name this slot
};

chaos::chaos(chaos_options options) {
  if (const problem_list found = problems_of(options); !found.empty()) throw std::invalid_argument("alys chaos: " + in_words(found));
  state_ = std::make_shared<state>(std::move(options));
}

// First whom it names, then into all of them: so that what throws leaves none changed.
void chaos::join(const supervisor_spec& root) const {
  std::vector<std::string> known;
  std::vector<std::function<void()>> enter;
  const auto rules = state_->current()->options.rules;
  const auto visit = [&](const auto& self, const supervisor_spec& spec, const std::string& path) -> void {
    auto& content = detail::spec_access::content(spec);
    content.require_unused("chaos");
    for (auto& entry : content.entries) {
      const std::string below = path + "/" + entry.name;
      if (entry.nested) {
        self(self, *entry.nested, below);
        continue;
      }
      if (!entry.plan) continue; // it is no actor of ours
      known.push_back(below);
      if (!some_rule_names(rules, below)) continue;
      enter.push_back([this, below, &entry] {
        state_->reached.push_back(below);
        auto plan = std::make_shared<detail::blueprint>(*entry.plan);
        detail::interpose(*plan, std::make_shared<slot>(*plan->type, state_, below, state_->counts[below] = std::make_shared<tally>()));
        entry.plan = plan;
        static_cast<detail::cell&>(*entry.cell).set_plan(plan);
      });
    }
    for (const auto& nursery : content.nurseries) {
      known.push_back(path + "/" + nursery->name_of("*"));
      if (!some_rule_names(rules, known.back())) continue;
      enter.push_back([this, &nursery, below = path + "/" + nursery->pattern(), all_born = known.back()] {
        state_->reached.push_back(all_born);
        nursery->add_change(
            [all = state_, count = state_->counts[below] = std::make_shared<tally>()](detail::blueprint& plan, const std::string& born) {
              detail::interpose(plan, std::make_shared<slot>(*plan.type, all, born, count));
            });
      });
    }
  };
  visit(visit, root, "/" + root.name());
  if (const chaos_rule* lost = names_nobody(rules, known))
    throw std::invalid_argument("alys chaos: no actor under /" + root.name() + " is named by \"" + lost->paths + "\"");
  for (const auto& each : enter) each();
}

result<void> chaos::begin(chaos_options next) const {
  if (const problem_list found = problems_of(next); !found.empty()) return refuse(errc::out_of_range, in_words(found));
  if (const chaos_rule* lost = names_nobody(next.rules, state_->reached)) return refuse(errc::no_such_path, lost->paths);
  state_->begin(std::move(next));
  return {};
}

void chaos::turn_on() const noexcept { state_->on = true; }
void chaos::turn_off() const noexcept { state_->on = false; }
bool chaos::is_on() const noexcept { return state_->on; }

std::vector<chaos_count> chaos::counts() const {
  std::vector<chaos_count> all;
  for (const auto& [path, count] : state_->counts) all.push_back(count->seen_at(path));
  return all;
}

std::string chaos::report(const tree_node& root) const {
  std::string text = fmt::format("chaos, seed {}\n", state_->current()->options.seed);
  for (const chaos_count& c : counts()) {
    text += fmt::format("{}: {} messages, {} thrown, {} failed, {} replies lost, {} slowed, {} delayed", c.path, c.seen, c.thrown, c.failed,
                        c.replies_lost, c.slowed, c.delayed);
    if (const auto did = of_slot(root, c.path)) text += "; " + did->text();
    text += '\n';
  }
  const deeds sum = of_all(root);
  return text + fmt::format("the tree: {}, {} escalations\n", sum.text(), sum.escalations);
}

std::string chaos::report_json(const tree_node& root) const {
  std::string text = fmt::format(R"({{"on":{},"seed":{},"slots":[)", is_on(), state_->current()->options.seed);
  const char* separator = "";
  for (const chaos_count& c : counts()) {
    text += fmt::format(R"({}{{"path":{},"injected":{{"messages":{},"thrown":{},"failed":{},"replies_lost":{},"slowed":{},"delayed":{}}})",
                        separator, quoted(c.path), c.seen, c.thrown, c.failed, c.replies_lost, c.slowed, c.delayed);
    if (const auto did = of_slot(root, c.path)) text += R"(,"did":{)" + did->json() + '}';
    text += '}';
    separator = ",";
  }
  return text + R"(],"tree":{)" + of_all(root).json() + "}}";
}

} // namespace alys
