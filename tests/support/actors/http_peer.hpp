// SPDX-License-Identifier: Apache-2.0
//
// The other side of an HTTP client under test: takes one connection after another on a free port of the loopback address, keeps what is
// sent, and says what it was told to. Told to say nothing, it leaves the client waiting.
#pragma once

#include "journal.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <optional>
#include <stdexcept>
#include <thread>

namespace alys::test {

class http_peer {
public:
  // What to send back for a request; nothing: never answer it.
  using behaviour = std::function<std::optional<std::string>(const std::string& request)>;

  explicit http_peer(behaviour how) : how_(std::move(how)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof any;
    if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&any), size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&any), &size) != 0)
      throw std::runtime_error("no port to listen on");
    port_ = ntohs(any.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~http_peer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    for (const int held : held_) ::close(held);
  }
  http_peer(const http_peer&) = delete;
  http_peer& operator=(const http_peer&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  // Each request whole, in order.
  [[nodiscard]] const journal& requests() const noexcept { return requests_; }

  [[nodiscard]] static std::string answer(const std::string& status, const std::string& body = {}) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

private:
  void serve() {
    for (int taken = 0; (taken = ::accept(listener_, nullptr, nullptr)) >= 0;) {
      const std::string request = read(taken);
      const auto reply = how_(request);
      requests_.write(request);
      if (!reply) {
        held_.push_back(taken);
        continue;
      }
      (void)!::send(taken, reply->data(), reply->size(), MSG_NOSIGNAL);
      ::close(taken);
    }
  }

  [[nodiscard]] static std::string read(int from) {
    std::string text;
    for (std::size_t whole = std::string::npos; text.size() < whole;) {
      char part[4096];
      const auto got = ::recv(from, part, sizeof part, 0);
      if (got <= 0) break;
      text.append(part, static_cast<std::size_t>(got));
      const auto end = text.find("\r\n\r\n");
      const auto length = text.find("Content-Length: ");
      if (end != std::string::npos && length != std::string::npos) whole = end + 4 + std::stoul(text.substr(length + 16));
    }
    return text;
  }

  behaviour how_;
  int listener_;
  std::uint16_t port_ = 0;
  journal requests_;
  std::vector<int> held_;
  std::thread thread_;
};

} // namespace alys::test
