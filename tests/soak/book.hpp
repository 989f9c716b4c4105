// SPDX-License-Identifier: Apache-2.0
//
// The traffic's own book of what it sent and what it knows of the end of it, kept by senders and handlers and compared with what the tree
// counts.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace soak {

using counter = std::atomic<std::uint64_t>;

// Of one receiver, or of all children of one template.
struct account {
  std::string path;
  counter sent{0};  // all: asks, and what is only sent
  counter notes{0}; // of these, what nobody waits for
  counter done{0};  // notes that were handled to the end
};

// Of all asks.
struct outcomes {
  counter asked{0};
  counter answered{0};
  counter refused{0};
  counter failed{0};
  counter undelivered{0}; // full, stopped, restarted, ...
  counter deadline{0};
  counter cut{0}; // the asker's incarnation ended first
  [[nodiscard]] std::uint64_t ended() const { return answered + refused + failed + undelivered + deadline + cut; }
};

struct book {
  std::vector<std::unique_ptr<account>> accounts;
  outcomes asks;
  counter alive{0};  // actor objects
  counter paused{0}; // 1: the traffic is to rest
  [[nodiscard]] account& open(std::string path) {
    accounts.push_back(std::make_unique<account>());
    accounts.back()->path = std::move(path);
    return *accounts.back();
  }
};

} // namespace soak
