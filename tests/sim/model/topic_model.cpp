// SPDX-License-Identifier: Apache-2.0
#include "topic_model.hpp"

#include <algorithm>

namespace alys::sim {

void topic_model::subscribe(topic_number t, cell_number who) {
  auto& all = topics_.at(t).subscribers;
  const bool known = std::any_of(all.begin(), all.end(), [who](const subscriber& s) { return s.who == who; });
  if (!known && !cells_.has_ended(who)) all.push_back({.who = who});
}

void topic_model::unsubscribe(topic_number t, cell_number who) {
  std::erase_if(topics_.at(t).subscribers, [who](const subscriber& s) { return s.who == who; });
}

const std::vector<topic_model::copy>& topic_model::publish(topic_number t) {
  static_assert(fate_of(message_role::subscription, outcome::restart) == fate::kept &&
                fate_of(message_role::subscription, outcome::escalate) == fate::kept &&
                fate_of(message_role::subscription, outcome::stop) == fate::ended);
  topic_state& topic = topics_.at(t);
  ended_ += std::erase_if(topic.subscribers, [&](const subscriber& s) { return cells_.has_ended(s.who); });
  ++topic.published;
  copies_.clear();
  auto& numbers = published_.emplace_back();
  for (subscriber& s : topic.subscribers) {
    const message_number m = cells_.send({.to = s.who});
    const door_verdict verdict = cells_.expected_at_the_door(m);
    cells_.saw_at_the_door(m, verdict);
    ++(verdict.turned_away ? s.missed : s.delivered);
    numbers[s.who] = m;
    copies_.push_back({s.who, m, verdict});
  }
  return copies_;
}

publication topic_model::expected() const {
  publication all;
  for (const copy& c : copies_) ++(c.verdict.turned_away ? all.missed : all.delivered);
  return all;
}

std::string topic_model::difference(topic_number t, const topic_view& seen, const std::vector<std::string>& paths) const {
  const topic_state& topic = topics_.at(t);
  std::vector<subscriber> due;
  std::copy_if(topic.subscribers.begin(), topic.subscribers.end(), std::back_inserter(due),
               [&](const subscriber& s) { return !cells_.has_ended(s.who); });
  const std::string name = "topic " + std::to_string(t);
  if (seen.published != topic.published) return name + " counts " + std::to_string(seen.published) + " publications";
  if (seen.subscribers.size() != due.size())
    return name + " has " + std::to_string(seen.subscribers.size()) + " subscribers, not " + std::to_string(due.size());
  for (std::size_t i = 0; i < due.size(); ++i) {
    const auto& s = seen.subscribers[i];
    if (s.path != paths.at(due[i].who) || s.delivered != due[i].delivered || s.missed != due[i].missed)
      return name + " has delivered " + std::to_string(s.delivered) + " to " + s.path + ", which missed " + std::to_string(s.missed) +
             "; it should be " + std::to_string(due[i].delivered) + " and " + std::to_string(due[i].missed) + " for " +
             paths.at(due[i].who);
  }
  return {};
}

} // namespace alys::sim
