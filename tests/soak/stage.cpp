// SPDX-License-Identifier: Apache-2.0
#include "stage.hpp"

#include <fmt/format.h>

namespace soak {

namespace {

using alys::dead_letter_cause;

[[nodiscard]] alys::chaos_options trouble_of(std::uint64_t seed) {
  return {
      .seed = seed,
      .rules = {
          {.paths = "/root/sources/*", .throws = 0.001, .fails = 0.001},
          {.paths = "/root/mailboxes/poisoned", .throws = 0.02, .fails = 0.02, .delays = 0.02, .delay_for = 3ms},
          {.paths = "*", .message = "*question", .throws = 0.002, .fails = 0.002, .loses_reply = 0.01, .delays = 0.02, .delay_for = 3ms},
          {.paths = "*", .throws = 0.002, .fails = 0.002, .slow = 0.001, .slow_for = 1ms, .delays = 0.02, .delay_for = 3ms}}};
}

// Answers are not among those who are sent.
[[nodiscard]] bool of_an_answer(dead_letter_cause cause) {
  return cause == dead_letter_cause::old_incarnation || cause == dead_letter_cause::late_answer;
}

[[nodiscard]] alys::message_counts counts_of(const alys::tree_node& root, const std::string& path) {
  if (const auto* node = alys::find(root, path)) return node->messages;
  alys::message_counts family; // of a template
  const auto cut = path.rfind('/');
  const auto* parent = alys::find(root, path.substr(0, cut));
  for (const auto& child : parent->children) {
    if (child.pattern == path.substr(cut + 1)) family += child.messages;
  }
  for (const auto& gone : parent->departed) family += gone.messages;
  return family;
}

void add_supervision(const alys::tree_node& node, sums& into) {
  into.restarts += node.restarts;
  into.escalations += node.escalations;
  for (const auto& each : node.departed) {
    into.restarts += each.restarts;
    into.gone += each.ended;
  }
  for (const auto& child : node.children) add_supervision(child, into);
}

} // namespace

stage::stage(std::uint64_t seed) : trouble_(trouble_of(seed)) {
  auto tree = declare();
  trouble_.join(tree);
  system_.emplace(alys::system::start(
      std::move(tree),
      {.threads = 4, .health_period = 1s, .seed = seed, .quarantine_bytes = 20'000, .log = alys::log_to_nowhere(), .observers = {dead_}}));
}

stage::~stage() { book_.paused = 1; }

alys::supervisor_spec stage::declare() {
  alys::supervisor_spec root{"root", alys::one_for_one{.restarts = 10'000, .within = 1s}};
  std::vector<receiver> all;
  const auto receives = [&](const auto& ref, account& at, bool asked) {
    all.push_back({&at, ref, {}});
    if constexpr (std::remove_cvref_t<decltype(ref)>::template accepts<question>()) {
      if (asked) all.back().to_ask = ref;
    }
  };
  const auto add = [&]<class A>(std::type_identity<A>, alys::supervisor_spec& under, const std::string& name, alys::child_options options,
                                bool asked) {
    account& at = book_.open("/root/" + under.name() + "/" + name);
    receives(under.child<A>(name, {}, std::move(options), std::ref(book_), std::ref(at)), at, asked);
  };
  constexpr std::type_identity<worker> a_worker;

  auto& mailboxes = root.supervisor("mailboxes", alys::one_for_one{.restarts = 10'000, .within = 1s});
  add(a_worker, mailboxes, "rejects", {.mailbox = {.capacity = 100}}, true);
  add(a_worker, mailboxes, "drops_oldest", {.mailbox = {.capacity = 100, .overflow = alys::overflow::drop_oldest}}, true);
  add(a_worker, mailboxes, "drops_newest", {.mailbox = {.capacity = 100, .overflow = alys::overflow::drop_newest}}, true);
  add(a_worker, mailboxes, "blocks", {.mailbox = {.capacity = 100, .overflow = alys::overflow::block}}, false);
  add(a_worker, mailboxes, "poisoned", {.redeliver = {.times = 3, .quarantine_after = 2}}, false);
  add(std::type_identity<keeper>{}, mailboxes, "keeps", {.mailbox = {.stash_capacity = 50}}, false);
  add(std::type_identity<napper>{}, mailboxes, "naps", {.mailbox = {.capacity = 100}}, true);

  auto& team = root.supervisor("team", alys::one_for_all{.restarts = 10'000, .within = 1s});
  add(a_worker, team, "first", {}, true);
  add(std::type_identity<napper>{}, team, "second", {}, false);

  auto& frail = root.supervisor("frail", alys::one_for_one{.restarts = 2, .within = 1s, .then = alys::escalation::restart_subtree});
  add(a_worker, frail, "hopes", {.restart = alys::backoff{.initial = 1ms, .cap = 10ms}}, true);
  add(a_worker, frail, "guarded", {.breaker = alys::breaker{.failures = 2, .open_for = 20ms}}, true);

  auto& guests = root.supervisor("guests", alys::one_for_one{.restarts = 10'000, .within = 1s});
  peers_account_ = &book_.open("/root/guests/peer-{}");
  peers_ = std::make_unique<alys::factory<worker>>(guests.children<worker>("peer-{}"));

  for (const receiver& each : all) {
    if (!each.to_ask) continue;
    asked_from_outside_.push_back(each.to_ask);
    outside_accounts_.push_back(each.at);
  }
  auto& sources = root.supervisor("sources", alys::one_for_one{.restarts = 10'000, .within = 1s});
  for (int i = 0; i < 3; ++i) sources.child<source>("source-" + std::to_string(i), {}, {}, std::ref(book_), all);
  return root;
}

void stage::ask_from_outside(std::uint64_t first) {
  for (std::uint64_t n = first; book_.paused == 0; ++n) {
    const std::size_t whom = n % asked_from_outside_.size();
    ++outside_accounts_[whom]->sent;
    open_ask open{book_.asks};
    const auto answer = system_->ask(asked_from_outside_[whom], question{n}, 100ms);
    if (answer) open.answered();
    else open.ended_by(answer.error());
  }
}

void stage::let_children_come_and_go() {
  while (book_.paused == 0) {
    const auto peer = peers_->start(std::to_string(++born_), {}, std::ref(book_), std::ref(*peers_account_));
    if (!peer) throw std::runtime_error("no child was born: " + peer.error().message());
    for (std::uint64_t n = 0; n < 20; ++n) {
      ++peers_account_->sent;
      ++peers_account_->notes;
      send(*peer, note{n});
    }
    {
      ++peers_account_->sent;
      open_ask open{book_.asks};
      const auto answer = system_->ask(*peer, question{born_}, 100ms);
      if (answer) open.answered();
      else open.ended_by(answer.error());
    }
    if (const auto stopped = peers_->stop(*peer); !stopped) throw std::runtime_error("a child cannot be stopped");
    std::this_thread::sleep_for(2ms);
  }
}

void stage::run_for(std::chrono::milliseconds time) {
  book_.paused = 0;
  std::thread asker{[this] { ask_from_outside(1); }};
  std::thread nurse{[this] { let_children_come_and_go(); }};
  std::this_thread::sleep_for(time);
  book_.paused = 1;
  asker.join();
  nurse.join();
}

std::string stage::balance(std::chrono::seconds patience) const {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    std::string left = disagreement();
    if (left.empty() || std::chrono::steady_clock::now() > until) return left;
    std::this_thread::sleep_for(5ms);
  }
}

sums stage::sum() const {
  sums all;
  const alys::tree_node tree = system_->tree();
  alys::message_counts m;
  for (const auto& each : book_.accounts) {
    all.sent += each->sent;
    m += counts_of(tree, each->path);
  }
  all.ends = {{"handled", m.handled},         {"refused", m.refused},   {"failed", m.failed},
              {"undelivered", m.undelivered}, {"rejected", m.rejected}, {"dropped", m.dropped}};
  all.set_aside = {{"stashed", m.stashed}, {"quarantined", m.quarantined}};
  const outcomes& a = book_.asks;
  all.ends_of_asks = {{"asks_answered", a.answered},       {"asks_refused", a.refused},   {"asks_failed", a.failed},
                      {"asks_undelivered", a.undelivered}, {"asks_deadline", a.deadline}, {"asks_cut", a.cut}};
  alys::chaos_count c;
  for (const auto& each : trouble_.counts()) {
    c.thrown += each.thrown;
    c.failed += each.failed;
    c.replies_lost += each.replies_lost;
    c.slowed += each.slowed;
    c.delayed += each.delayed;
  }
  all.injected = {{"injected_thrown", c.thrown},
                  {"injected_failed", c.failed},
                  {"injected_replies_lost", c.replies_lost},
                  {"injected_slowed", c.slowed},
                  {"injected_delayed", c.delayed}};
  add_supervision(tree, all);
  for (const auto cause : alys::all_dead_letter_causes) all.dead_letters += system_->dead_letters(cause);
  return all;
}

std::string stage::disagreement() const {
  std::string text;
  const auto compare = [&](const std::string& what, std::uint64_t book, std::uint64_t tree) {
    if (book != tree) text += fmt::format("{}: {} sent, {} accounted for\n", what, book, tree);
  };
  const alys::tree_node tree = system_->tree();
  std::uint64_t notes = 0;
  std::uint64_t ends_of_notes = 0;
  for (const auto& each : book_.accounts) {
    const auto m = counts_of(tree, each->path);
    compare(each->path, each->sent, m.handled + m.refused + m.failed + m.undelivered + m.rejected + m.dropped + m.stashed + m.quarantined);
    if (m.queued + m.parked > 0) text += fmt::format("{}: {} queued, {} parked\n", each->path, m.queued, m.parked);
    notes += each->notes;
    ends_of_notes += each->done + m.stashed + m.quarantined;
  }
  for (const auto cause : alys::all_dead_letter_causes) {
    if (!of_an_answer(cause)) ends_of_notes += dead_->notes(cause);
    compare(fmt::format("dead letters ({})", alys::to_string(cause)), dead_->all(cause), system_->dead_letters(cause));
  }
  compare("notes", notes, ends_of_notes);
  compare("asks", book_.asks.asked, book_.asks.ended());
  return text;
}

} // namespace soak
