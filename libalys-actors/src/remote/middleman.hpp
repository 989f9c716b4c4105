// SPDX-License-Identifier: Apache-2.0
//
// CAF's middleman actor with connections of our own making: over TLS, or plain, by a deadline in either case, and with a reason if there is
// none. What travels on them, and how it is kept alive, is CAF's.
#pragma once

#include "tls.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/io/middleman_actor_impl.hpp>

#include <condition_variable>
#include <map>
#include <mutex>

namespace alys::detail {

// What BASP puts around a frame takes less: the name of its one type, and who sent it.
inline constexpr std::size_t room_for_basp = 1'024;

// One connected socket.
class connection {
public:
  virtual ~connection() = default;
  // Once nothing runs any more that could do it.
  virtual void let_go() noexcept = 0;
};

// Those of a node. Any thread.
class connection_list {
public:
  // It has so long to greet as BASP does.
  void add(connection& who, int socket, std::chrono::steady_clock::time_point until);
  void has_greeted(connection& who);
  void forget(connection& who) noexcept;
  void cut_off_late(std::chrono::steady_clock::time_point now);
  // CAF's loop ends with its last socket, and leaves behind one that was about to write: this does not. After the loop.
  void let_go_of_all() noexcept;

private:
  struct entry {
    int socket = -1;
    std::chrono::steady_clock::time_point until;
  };
  std::mutex mutex_;
  std::map<connection*, entry> all_;
};

// How connections of a node are made.
struct connection_rules {
  std::shared_ptr<const tls_context> tls; // null: plain
  std::vector<std::string> allowed;       // names that whoever connects must have
  std::chrono::milliseconds within{5'000};
  std::size_t max_read = 0;                        // bytes that may be announced in one piece
  std::function<void(const std::string&)> refused; // told of each connection that was turned away

  connection_list connections;

  // Handshakes that run right now, each on a thread of its own.
  static constexpr int most_handshakes = 16;
  std::mutex mutex;
  std::condition_variable changed;
  int handshakes = 0;
};
using connection_rules_ptr = std::shared_ptr<connection_rules>;

// Connects to "name@host", where the name is the one that the certificate there must be for.
[[nodiscard]] caf::io::middleman_actor spawn_middleman(const caf::actor& broker, connection_rules_ptr rules);
// BASP, for nodes only. Once a system, before anything else runs there.
[[nodiscard]] caf::actor start_broker(caf::actor_system& on);

// The error behind one that spawn_middleman's actor gave.
[[nodiscard]] error from_middleman(const caf::error& e);

// Comes back when no handshake runs any more.
void await_handshakes(connection_rules& rules);

} // namespace alys::detail
