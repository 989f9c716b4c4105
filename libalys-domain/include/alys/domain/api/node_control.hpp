// SPDX-License-Identifier: Apache-2.0
//
// Port: the node as a whole, as the API shows it and, for development, disturbs it.
//
// ```cpp
// inline bool up(const alys::domain::node_control& node) { return node.readiness().ready; }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/api/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alys::domain {

struct node_readiness {
  bool ready = false;
  std::string why; // empty if everything is well; a degraded node is ready and says why
};

enum class injected_failure : std::uint8_t {
  exception, // a handler throws
  returned,  // a handler returns a failure
};

// Thread-safe; none of it waits for an actor.
class node_control {
public:
  node_control() = default;
  node_control(const node_control&) = delete;
  node_control& operator=(const node_control&) = delete;
  virtual ~node_control() = default;

  // Whether the threads that run the actors do any work.
  [[nodiscard]] virtual bool alive() const = 0;
  [[nodiscard]] virtual node_readiness readiness() const = 0;
  // The tree of actors as JSON.
  [[nodiscard]] virtual std::string tree() const = 0;
  // Who may ask whom, as JSON: a list of ["/root/api/http", "/root/chain/chain"].
  [[nodiscard]] virtual std::string ask_edges() const = 0;
  // In Prometheus' text format.
  [[nodiscard]] virtual std::string metrics() const = 0;
  // Asks for the configuration to be read again, and does not wait for it. Refused without a file to read.
  [[nodiscard]] virtual result<void> reload_config() = 0;
  // What became of that, as JSON.
  [[nodiscard]] virtual std::string reloads() const = 0;
  // Makes the actor at `path` fail in its next turn. errc::no_such_path, errc::wrong_type.
  [[nodiscard]] virtual result<void> inject_fault(const std::string& path, injected_failure how) = 0;
  // Begins chaos, see <alys/actors/chaos.hpp>: from this seed, by these rules, objects with the fields of a chaos_rule, or by those that are
  // configured. argument_error::invalid, errc::no_such_path.
  [[nodiscard]] virtual result<void> inject_chaos(std::uint64_t seed, const std::optional<std::vector<json_value>>& rules) = 0;
  // Ends it; what is late still comes.
  virtual void stop_chaos() = 0;
  // What it did, and what the tree did about it, as JSON.
  [[nodiscard]] virtual std::string chaos() const = 0;
};

} // namespace alys::domain
