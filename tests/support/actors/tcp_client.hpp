// SPDX-License-Identifier: Apache-2.0
//
// Somebody who connects to a port of this machine and says what no well-meaning program would.
#pragma once

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace alys::test {

class tcp_client {
public:
  explicit tcp_client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      ::close(socket_);
      throw std::runtime_error("cannot connect");
    }
  }
  tcp_client(const tcp_client&) = delete;
  tcp_client& operator=(const tcp_client&) = delete;
  ~tcp_client() { ::close(socket_); }

  // What the other side does not want to hear is nobody's fault.
  void send(const std::string& bytes) const { (void)!::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  // Waits for the other side to close the connection; false if it does not.
  [[nodiscard]] bool closed_by_other() const {
    char some[4'096];
    for (;;) {
      pollfd look{socket_, POLLIN, 0};
      if (::poll(&look, 1, 30'000) <= 0) return false;
      if (::recv(socket_, some, sizeof some, 0) <= 0) return true;
    }
  }
  // TLS as one does it with a shop: without a name of one's own. False if the other side accepts it.
  [[nodiscard]] bool shake_hands_without_certificate() const {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
    const std::unique_ptr<SSL, decltype(&SSL_free)> session{SSL_new(context.get()), &SSL_free};
    SSL_set_fd(session.get(), socket_);
    if (SSL_connect(session.get()) != 1) return true;
    char word = 0;
    return SSL_read(session.get(), &word, 1) != 1;
  }

private:
  const int socket_;
};

} // namespace alys::test
