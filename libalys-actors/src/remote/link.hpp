// SPDX-License-Identifier: Apache-2.0
//
// This side of a link: who waits for an answer from there, which children live there, and what happens when it breaks.
#pragma once

#include "frame.hpp"
#include "middleman.hpp"

#include <alys/actors/random.hpp>

#include <unordered_map>

namespace alys::detail {

// Things that live on another node and end with the link. Told from CAF's threads.
class remote_child_watch {
public:
  virtual ~remote_child_watch() = default;
  virtual void spawned() noexcept = 0;
  virtual void ended(error why) noexcept = 0;
};

class runtime;

class link_core final : public std::enable_shared_from_this<link_core> {
public:
  link_core(link_options options, const node_options& node);

  // Senders. Any thread.
  [[nodiscard]] admission push(const std::string& target, const std::string& receiver, const remote_entry& entry, data_ptr& message);
  // What was not taken: its asker is told; else it is a dead letter of its sender's tree, or, of a sender outside of any, a line in the log.
  void bounce(const std::string& receiver, data_ptr message, admission why);
  // Any thread: the child's fate is told to `watch`, once begun. Without a link the next attempt decides.
  void spawn_child(std::uint64_t number, spawn_frame what, std::weak_ptr<remote_child_watch> watch);
  void stop_child(std::uint64_t number);
  void forget_child(std::uint64_t number);
  [[nodiscard]] std::uint64_t new_child() noexcept { return ++last_child_; }

  [[nodiscard]] bool up() const;
  [[nodiscard]] error why_down() const;
  [[nodiscard]] link_counts counts() const;
  [[nodiscard]] bool wait_until_up(std::chrono::nanoseconds most) const;
  [[nodiscard]] const link_options& options() const noexcept { return options_; }
  [[nodiscard]] const std::string& here() const noexcept { return here_; }

  // The actor of this link, on its own turn.
  void begin(caf::actor self);
  [[nodiscard]] std::string address() const { return options_.name + "@" + options_.host; }
  void came_up(caf::actor gateway, std::uint64_t max_frame);
  void went_down(const error& why);
  // False for bytes that no node would send.
  [[nodiscard]] bool heed(std::string_view bytes);
  void forget_the_late(std::chrono::steady_clock::time_point now);
  [[nodiscard]] std::optional<frame> read(std::string_view bytes) const { return read_frame(bytes, codes_); }
  [[nodiscard]] std::chrono::nanoseconds next_pause();
  // The node ends: nothing goes out any more.
  void close();

private:
  struct awaited {
    reply_address asker; // none: only its being taken is awaited
    const remote_entry* entry = nullptr;
    std::chrono::steady_clock::time_point until;
    std::string receiver = {};          // for a dead letter: of a message that nobody waits for
    message_header header = {};         // likewise
    std::weak_ptr<runtime> sender = {}; // its tree
  };
  struct child {
    spawn_frame what;
    std::weak_ptr<remote_child_watch> watch;
    bool sent = false;
  };
  void send(const frame& f, const caf::actor& to) const;
  void answer(answer_frame& f);
  void give_back(awaited& who, error why, dead_letter_cause cause) const;
  void note_lost(const std::shared_ptr<runtime>& sender, const message_type& type, const message_header& header,
                 const std::string& receiver, const error& why, dead_letter_cause cause) const;
  void end_child(std::uint64_t number, const error& why);

  const link_options options_;
  const std::string here_;
  const std::size_t own_max_frame_;
  const std::vector<const code_domain*> codes_;
  const log_sink log_;
  splitmix64 random_;
  std::uint32_t attempts_ = 0;
  std::atomic<std::uint64_t> last_child_{0};

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  caf::actor self_;
  caf::actor gateway_; // null while it is down
  std::uint64_t max_frame_ = 0;
  link_counts counts_;
  error why_down_;
  bool closed_ = false;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, awaited> awaited_;
  std::map<std::uint64_t, child> children_;
};

// Keeps the link: connects, says hello, hears what comes, and begins anew when it breaks.
[[nodiscard]] caf::behavior link_actor(caf::event_based_actor* self, std::shared_ptr<link_core> core, const caf::actor& broker,
                                       connection_rules_ptr rules);

} // namespace alys::detail
