// SPDX-License-Identifier: Apache-2.0
//
// Adding up what became of messages.
#include "account.hpp"

#include <algorithm>

namespace alys::sim {
namespace {

// What a request must have been answered with, by its ending.
answer due(ending end) noexcept {
  switch (end) {
    case ending::handled: return answer::value;
    case ending::refused: return answer::refusal;
    case ending::failed:
    case ending::quarantined: return answer::failure;
    case ending::undelivered:
    case ending::rejected:
    case ending::dropped: return answer::undelivered;
  }
  return answer::undelivered;
}

bool is_loss(ending end) noexcept { return end != ending::handled && end != ending::refused && end != ending::quarantined; }

} // namespace

std::string_view to_string(ending end) noexcept {
  switch (end) {
    case ending::handled: return "handled";
    case ending::refused: return "refused";
    case ending::failed: return "failed";
    case ending::undelivered: return "undelivered";
    case ending::rejected: return "rejected";
    case ending::dropped: return "dropped";
    case ending::quarantined: return "quarantined";
  }
  return "unknown";
}

std::string_view to_string(answer given) noexcept {
  switch (given) {
    case answer::value: return "a value";
    case answer::refusal: return "a refusal";
    case answer::failure: return "a failure";
    case answer::undelivered: return "undelivered";
    case answer::deadline: return "its deadline";
  }
  return "unknown";
}

void account::sent(message_number m, bool request) {
  entry& e = entries_[m];
  e.known = true;
  e.request = request;
}
void account::ended(message_number m, ending end) { entries_[m].ends.push_back(end); }
void account::answered(message_number m, answer given) { entries_[m].answers.push_back(given); }
void account::answered_with_error(message_number m) { ++entries_[m].errors; }
void account::handed_on(message_number m) { entries_[m].handed_on = true; }
void account::dead_lettered(message_number m) { ++entries_[m].dead_letters; }
void account::released(message_number m) {
  entries_[m].ends.clear();
  entries_[m].released = true;
}
void account::disowned(message_number m) { entries_[m].disowned = true; }
void account::told_at_once(message_number m) { entries_[m].told_at_once = true; }
void account::asker_gone(message_number m) { entries_[m].asker_gone = true; }
void account::owed(message_number m, bool still) { entries_[m].owed = still; }
void account::queued(message_number m, bool still) { entries_[m].queued = still; }

std::uint64_t account::count(ending end) const {
  std::uint64_t total = 0;
  for (const auto& [number, e] : entries_) total += static_cast<std::uint64_t>(std::count(e.ends.begin(), e.ends.end(), end));
  return total;
}

std::uint64_t account::queued_now() const {
  return static_cast<std::uint64_t>(std::count_if(entries_.begin(), entries_.end(), [](const auto& item) { return item.second.queued; }));
}

std::vector<std::string> account::audit() const {
  std::vector<std::string> found;
  for (const auto& [number, e] : entries_) {
    const std::string name = "message " + std::to_string(number) + ' ';
    if (!e.known) {
      found.push_back(name + "was never sent, but something became of it");
      continue;
    }
    audit_end(name, e, found);
    if (e.request && e.released) audit_answered_before(name, e, found);
    else if (e.disowned) audit_disowned(name, e, found);
    else if (e.request) audit_request(name, e, found);
    else audit_notification(name, e, found);
  }
  std::uint64_t total = queued_now();
  for (const ending end : all_endings) total += count(end);
  if (found.empty() && total != sent_in_all()) {
    found.push_back("the sum of all ends is " + std::to_string(total) + " for " + std::to_string(sent_in_all()) + " messages");
  }
  return found;
}

void account::audit_end(const std::string& name, const entry& e, std::vector<std::string>& found) {
  if (e.ends.empty() && !e.queued) found.push_back(name + "disappeared: it neither ended nor is it queued");
  if (!e.ends.empty() && e.queued) found.push_back(name + "is queued although it ended as " + std::string{to_string(e.ends.front())});
  if (e.ends.size() < 2) return;
  std::string all;
  for (const ending end : e.ends) all += (all.empty() ? "" : " and ") + std::string{to_string(end)};
  found.push_back(name + "ended more than once: " + all);
}

void account::audit_request(const std::string& name, const entry& e, std::vector<std::string>& found) {
  if (e.dead_letters != 0) found.push_back(name + "is a request and became a dead letter");
  if (e.answers.size() + e.errors > 1) found.push_back(name + "was answered more than once");
  const bool open = e.ends.empty() || e.owed || e.asker_gone || e.told_at_once;
  if (e.answers.empty() && e.errors == 0 && !open) found.push_back(name + "is a request and was never answered");
  if (e.answers.size() != 1 || e.ends.size() != 1 || e.answers.front() == answer::deadline) return;
  const answer given = e.answers.front();
  // A handler that promised its answer may give any in the end, also that its incarnation ended first.
  const bool known = e.ends.front() != ending::handled && !(e.handed_on && given != answer::value);
  if (known && given != due(e.ends.front())) {
    found.push_back(name + "ended as " + std::string{to_string(e.ends.front())} + " and was answered with " +
                    std::string{to_string(given)});
  }
}

// Its asker was told when it was quarantined; since then it is nobody's.
void account::audit_answered_before(const std::string& name, const entry& e, std::vector<std::string>& found) {
  if (e.answers.size() + e.errors > 1) found.push_back(name + "was answered more than once");
  if (e.answers.empty() && e.errors == 0 && !e.asker_gone) found.push_back(name + "was quarantined, and its asker never told");
  if (e.answers.size() == 1 && e.answers.front() != answer::failure && e.answers.front() != answer::deadline)
    found.push_back(name + "was quarantined and answered with " + std::string{to_string(e.answers.front())});
  audit_loss(name, e, found);
}

// From its asker's end on it is as one that was only sent; before that the asker may have given up on it.
void account::audit_disowned(const std::string& name, const entry& e, std::vector<std::string>& found) {
  if (!e.asker_gone) found.push_back(name + "is a request, became a dead letter, and its asker lives");
  const bool deadline_only = e.answers.empty() || (e.answers.size() == 1 && e.answers.front() == answer::deadline);
  if (!deadline_only) found.push_back(name + "became a dead letter and was answered");
  audit_loss(name, e, found);
}

void account::audit_notification(const std::string& name, const entry& e, std::vector<std::string>& found) {
  if (!e.answers.empty()) found.push_back(name + "is a notification and was answered");
  audit_loss(name, e, found);
}

void account::audit_loss(const std::string& name, const entry& e, std::vector<std::string>& found) {
  if (e.dead_letters > 1) found.push_back(name + "became a dead letter more than once");
  if (e.ends.empty()) return;
  const bool lost = is_loss(e.ends.front());
  const bool told = e.dead_letters > 0 || e.told_at_once;
  if (lost && !told) found.push_back(name + "was lost without a dead letter: " + std::string{to_string(e.ends.front())});
  if (!lost && e.dead_letters > 0) found.push_back(name + "became a dead letter although it was " + std::string{to_string(e.ends.front())});
  if (e.dead_letters > 0 && e.told_at_once) found.push_back(name + "became a dead letter although its sender was told at once");
}

} // namespace alys::sim
