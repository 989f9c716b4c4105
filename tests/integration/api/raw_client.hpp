// SPDX-License-Identifier: Apache-2.0
//
// A TCP client that sends exactly the bytes it is told to, for talking to servers the way well-behaved libraries refuse to. Every wait
// ends: after ten seconds it throws, and the test fails.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace alys::test {

struct raw_response {
  int status = 0;
  std::map<std::string, std::string> fields; // names in lower case
  std::string body;
};

class raw_client {
public:
  // Connects to 127.0.0.1. `receive_buffer` in bytes bounds what the kernel takes in for a client that does not read; 0 leaves it alone.
  explicit raw_client(std::uint16_t port, int receive_buffer = 0);
  ~raw_client();
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;

  // Sends all of it; false if the other side closed meanwhile.
  bool send(std::string_view data);
  // Says that nothing more will be sent.
  void finish_sending();
  // Closes so that the other side sees a reset.
  void reset();

  // The next response, with its body by Content-Length; nothing if the connection was closed before one began.
  [[nodiscard]] std::optional<raw_response> response(bool with_body = true);
  // True once the other side has closed; false if it sends something first.
  [[nodiscard]] bool closed();

private:
  bool fill();
  int socket_ = -1;
  std::string buffer_;
};

} // namespace alys::test
