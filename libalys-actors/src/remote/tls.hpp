// SPDX-License-Identifier: Apache-2.0
//
// TLS on connected sockets: who we are and whom we trust, read from files that are checked first; a handshake by a deadline in which each side
// proves its name; and a session behind it that reads and writes without waiting.
#pragma once

#include <alys/actors/remote.hpp>

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <span>

namespace alys::detail {

struct ssl_free {
  void operator()(SSL* s) const noexcept { SSL_free(s); }
  void operator()(SSL_CTX* c) const noexcept { SSL_CTX_free(c); }
};
using ssl_ptr = std::unique_ptr<SSL, ssl_free>;

// What all sessions of a node share.
class tls_context {
public:
  // Errors: fault::bad_configuration, with the file and what is wrong with it: absent, not readable, a key that others may read, no PEM,
  // a key of another certificate.
  [[nodiscard]] static result<std::shared_ptr<const tls_context>> load(const tls_options& files);

  // Both wait for the other side, at most until the deadline. The socket blocks or not, as it was; it stays the caller's. Errors:
  // fault::authentication_failed, for a certificate that is not good or is for another name; fault::connection_timeout; fault::connection_lost.
  [[nodiscard]] result<ssl_ptr> connect(int socket, const std::string& name, std::chrono::steady_clock::time_point deadline) const;
  // Any of the names will do; with none, whatever name the authority has certified.
  [[nodiscard]] result<ssl_ptr> accept(int socket, std::span<const std::string> names,
                                       std::chrono::steady_clock::time_point deadline) const;

private:
  std::unique_ptr<SSL_CTX, ssl_free> context_;
};

// How one attempt to read or write ended.
enum class tls_step : std::uint8_t { done, later, over };
[[nodiscard]] tls_step tls_read(SSL& session, void* into, std::size_t most, std::size_t& got) noexcept;
[[nodiscard]] tls_step tls_write(SSL& session, const void* from, std::size_t size, std::size_t& put) noexcept;

// A peer that is gone must not end the process when this thread writes to it.
void block_broken_pipe_signal() noexcept;

// Waits until the socket can be read or written; false once the deadline has passed.
[[nodiscard]] bool wait_for_socket(int socket, bool to_write, std::chrono::steady_clock::time_point deadline) noexcept;

} // namespace alys::detail
