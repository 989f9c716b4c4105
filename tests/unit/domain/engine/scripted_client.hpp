// SPDX-License-Identifier: Apache-2.0
//
// An execution client that answers what a test wants, byte by byte. It serves one connection after another.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace alys::test {

class scripted_client {
public:
  // What to send for a request, given its whole text. Nothing to send: never answers. Then it hangs up if told to.
  struct reply {
    std::string bytes;
    bool hang_up = false;
  };
  using script = std::function<reply(const std::string& request)>;

  explicit scripted_client(script answers) : script_(std::move(answers)) {
    listening_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast)
    if (::bind(listening_, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(listening_, 8) != 0 ||
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
      throw std::runtime_error("no socket to listen on");
    // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~scripted_client() {
    stopping_ = true;
    thread_.join();
    for (const int each : open_) ::close(each);
    ::close(listening_);
  }
  scripted_client(const scripted_client&) = delete;
  scripted_client& operator=(const scripted_client&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::size_t connections() const noexcept { return connections_; }
  // All requests so far.
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::lock_guard guard(mutex_);
    return requests_;
  }

  [[nodiscard]] static std::string ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

private:
  void serve() {
    std::vector<std::string> unread;
    while (!stopping_) {
      std::vector<pollfd> all{{listening_, POLLIN, 0}};
      for (const int each : open_) all.push_back({each, POLLIN, 0});
      if (::poll(all.data(), all.size(), 10) <= 0) continue;
      for (std::size_t i = all.size(); i-- > 1;) {
        if (all[i].revents != 0 && !talk(open_[i - 1], unread[i - 1])) {
          ::close(open_[i - 1]);
          open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i - 1));
          unread.erase(unread.begin() + static_cast<std::ptrdiff_t>(i - 1));
        }
      }
      if (all[0].revents != 0) {
        open_.push_back(::accept(listening_, nullptr, nullptr));
        unread.emplace_back();
        ++connections_;
      }
    }
  }

  // False when the connection has ended.
  [[nodiscard]] bool talk(int fd, std::string& unread) {
    char some[4096];
    const ssize_t got = ::read(fd, some, sizeof some);
    if (got <= 0) return false;
    unread.append(some, static_cast<std::size_t>(got));
    const auto head = unread.find("\r\n\r\n");
    const auto length = unread.find("Content-Length: ");
    if (head == std::string::npos || length == std::string::npos) return true;
    const auto whole = head + 4 + std::stoul(unread.substr(length + 16));
    if (unread.size() < whole) return true;
    const std::string request = unread.substr(0, whole);
    unread.erase(0, whole);
    {
      const std::lock_guard guard(mutex_);
      requests_.push_back(request);
    }
    const reply r = script_(request);
    (void)::send(fd, r.bytes.data(), r.bytes.size(), MSG_NOSIGNAL);
    return !r.hang_up;
  }

  script script_;
  int listening_ = -1;
  std::uint16_t port_ = 0;
  std::vector<int> open_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> connections_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

} // namespace alys::test
