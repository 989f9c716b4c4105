// SPDX-License-Identifier: Apache-2.0
//
// Topics: a list of subscribers, and a copy for each.
#include <alys/actors/topic.hpp>

#include "turn.hpp"

#include <alys/actors/fate.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace alys::detail {

// Who publishes takes the list as it is at that instant and holds no lock while it sends; who changes it makes a new one.
class topic_state {
public:
  void add(const process_ptr& who) {
    const std::lock_guard guard(mutex_);
    auto all = those_that_live();
    const bool known = std::any_of(all->begin(), all->end(), [&](const auto& s) { return s->is(*who); });
    if (!known) all->push_back(std::make_shared<subscriber>(who));
    subscribers_ = std::move(all);
  }
  void remove(const process& who) {
    const std::lock_guard guard(mutex_);
    auto all = those_that_live();
    std::erase_if(*all, [&](const auto& s) { return s->is(who); });
    subscribers_ = std::move(all);
  }
  publication publish(const message_type& type, const void* message) {
    published_.fetch_add(1, std::memory_order_relaxed);
    publication done;
    bool some_ended = false;
    const auto all = subscribers();
    for (const auto& s : *all) {
      const process_ptr who = s->living();
      if (!who) some_ended = true;
      else if (s->give(*who, data_ptr{type.copy(message)})) ++done.delivered;
      else ++done.missed;
    }
    if (some_ended) forget_the_ended();
    return done;
  }
  [[nodiscard]] topic_view look() {
    forget_the_ended();
    topic_view view{.published = published_.load(std::memory_order_relaxed), .subscribers = {}};
    const auto all = subscribers();
    for (const auto& s : *all) view.subscribers.push_back(s->look());
    return view;
  }

private:
  class subscriber {
  public:
    explicit subscriber(const process_ptr& who) : who_(who), address_(who.get()) {}
    // Null if it has stopped: its subscription has ended.
    [[nodiscard]] process_ptr living() const noexcept {
      process_ptr who = who_.lock();
      return who && !who->has_ended() ? who : nullptr;
    }
    [[nodiscard]] bool is(const process& other) const noexcept { return address_ == &other && !who_.expired(); }
    [[nodiscard]] bool give(process& who, data_ptr message) noexcept {
      const admission got = hand_over(who, message);
      (got == admission::queued ? delivered_ : missed_).fetch_add(1, std::memory_order_relaxed);
      if (got == admission::queued) return true;
#ifndef ALYS_PLANTED_SILENT_MISS
      who.bounce(std::move(message), got);
#endif
      return false;
    }
    [[nodiscard]] topic_view::subscriber look() const {
      const process_ptr who = who_.lock();
      return {who ? who->path() : std::string{}, delivered_.load(std::memory_order_relaxed), missed_.load(std::memory_order_relaxed)};
    }

  private:
    std::weak_ptr<process> who_;
    const process* address_;
    std::atomic<std::uint64_t> delivered_{0};
    std::atomic<std::uint64_t> missed_{0};
  };
  using list = std::vector<std::shared_ptr<subscriber>>;

  [[nodiscard]] std::shared_ptr<const list> subscribers() const {
    const std::lock_guard guard(mutex_);
    return subscribers_;
  }
  // With the mutex.
  [[nodiscard]] std::shared_ptr<list> those_that_live() const {
    auto living = std::make_shared<list>();
    for (const auto& s : *subscribers_) {
      if (s->living()) living->push_back(s);
    }
    return living;
  }
  void forget_the_ended() {
    const std::lock_guard guard(mutex_);
    subscribers_ = those_that_live();
  }

  static_assert(fate_of(message_role::subscription, outcome::restart) == fate::kept &&
                    fate_of(message_role::subscription, outcome::stop) == fate::ended,
                "a subscription belongs to the slot, and not to one of its lives");
  mutable std::mutex mutex_;
  std::shared_ptr<const list> subscribers_ = std::make_shared<const list>();
  std::atomic<std::uint64_t> published_{0};
};

std::shared_ptr<topic_state> make_topic() { return std::make_shared<topic_state>(); }
void subscribe_to(topic_state& topic, const process_ptr& who) { topic.add(who); }
void unsubscribe_from(topic_state& topic, const process& who) { topic.remove(who); }
publication publish_on(topic_state& topic, const message_type& type, const void* message) { return topic.publish(type, message); }
topic_view look_at(topic_state& topic) { return topic.look(); }

} // namespace alys::detail
