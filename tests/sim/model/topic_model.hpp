// SPDX-License-Identifier: Apache-2.0
//
// The reference model of topics: who gets a copy of what is published, and which of the copies the mailboxes take.
//
// A subscription is its slot's: it outlives restarts, and ends with the slot. Each copy is a message of its own, with the fate of one.
#pragma once

#include "cell_model.hpp"

#include <alys/actors/topic.hpp>

namespace alys::sim {

using topic_number = std::uint32_t;
using publication_number = std::uint32_t;

class topic_model {
public:
  // The cells outlive it.
  topic_model(cell_model& cells, std::size_t topics) : cells_(cells), topics_(topics) {}

  void subscribe(topic_number t, cell_number who);
  void unsubscribe(topic_number t, cell_number who);

  struct copy {
    cell_number to = 0;
    message_number number = 0;
    door_verdict verdict = {};
  };
  // Something is published: a copy for each subscriber, in the order of their subscriptions. Nobody waits, and nobody is told but by dead
  // letters.
  [[nodiscard]] const std::vector<copy>& publish(topic_number t);
  // What of the last one the publisher must have been told.
  [[nodiscard]] publication expected() const;
  [[nodiscard]] publication_number last() const noexcept { return static_cast<publication_number>(published_.size() - 1); }
  // Throws std::out_of_range if it got none.
  [[nodiscard]] message_number copy_for(publication_number p, cell_number who) const { return published_.at(p).at(who); }

  // Subscriptions that ended with their slots before something was published.
  [[nodiscard]] std::uint64_t ended() const noexcept { return ended_; }
  // How a look at the topic differs from what it should show; empty if it does not.
  [[nodiscard]] std::string difference(topic_number t, const topic_view& seen, const std::vector<std::string>& paths) const;

private:
  struct subscriber {
    cell_number who = 0;
    std::uint64_t delivered = 0;
    std::uint64_t missed = 0;
  };
  struct topic_state {
    std::uint64_t published = 0;
    std::vector<subscriber> subscribers;
  };
  cell_model& cells_;
  std::vector<topic_state> topics_;
  std::vector<std::map<cell_number, message_number>> published_;
  std::uint64_t ended_ = 0;
  std::vector<copy> copies_; // of the last publication
};

} // namespace alys::sim
