// SPDX-License-Identifier: Apache-2.0
//
// The side of a node that others connect to: what is published here, what is offered, and what each of them has running here.
#pragma once

#include "frame.hpp"

#include <alys/actors/remote.hpp>

#include <caf/all.hpp>

#include <map>
#include <mutex>

namespace alys::detail {

// What this node has for others. Filled from any thread, read by the gateway.
class showcase {
public:
  void publish(std::string name, published_slot what) {
    const std::lock_guard guard(mutex_);
    published_[std::move(name)] = std::move(what);
  }
  void offer(std::string name, remote_offer what) {
    const std::lock_guard guard(mutex_);
    offered_[std::move(name)] = std::make_shared<const remote_offer>(std::move(what));
  }
  [[nodiscard]] std::optional<published_slot> published(const std::string& name) const {
    const std::lock_guard guard(mutex_);
    const auto found = published_.find(name);
    return found != published_.end() ? std::optional{found->second} : std::nullopt;
  }
  [[nodiscard]] std::shared_ptr<const remote_offer> offered(const std::string& name) const {
    const std::lock_guard guard(mutex_);
    const auto found = offered_.find(name);
    return found != offered_.end() ? found->second : nullptr;
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, published_slot> published_;
  std::map<std::string, std::shared_ptr<const remote_offer>> offered_;
};

struct gateway_rules {
  std::string name;
  std::size_t max_frame = 0;
  std::vector<const code_domain*> codes;
  log_sink log;
};

[[nodiscard]] caf::behavior gateway_actor(caf::event_based_actor* self, std::shared_ptr<showcase> shown,
                                          std::shared_ptr<const gateway_rules> rules);

} // namespace alys::detail
