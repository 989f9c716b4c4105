// SPDX-License-Identifier: Apache-2.0
//
// Plain BSD sockets: no library between the test and the bytes.
#include "raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace alys::test {

namespace {

constexpr int patience_ms = 10'000;

[[noreturn]] void raise(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void wait_for(int socket, short events) {
  pollfd entry{socket, events, 0};
  const int ready = ::poll(&entry, 1, patience_ms);
  if (ready < 0) raise("poll");
  if (ready == 0) throw std::runtime_error("the other side did nothing for ten seconds");
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

raw_response parse_header(std::string_view header) {
  raw_response r;
  if (!header.starts_with("HTTP/1.") || header.size() < 12) throw std::runtime_error("no status line: " + std::string{header});
  r.status = std::stoi(std::string{header.substr(9, 3)});
  for (auto line = header.find("\r\n"); line != std::string_view::npos;) {
    header.remove_prefix(line + 2);
    line = header.find("\r\n");
    const auto text = header.substr(0, line);
    const auto colon = text.find(": ");
    if (colon == std::string_view::npos) throw std::runtime_error("no header field: " + std::string{text});
    r.fields[lower(text.substr(0, colon))] = std::string{text.substr(colon + 2)};
  }
  return r;
}

} // namespace

raw_client::raw_client(std::uint16_t port, int receive_buffer) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (socket_ < 0) raise("socket");
  if (receive_buffer > 0 && ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer) != 0) raise("setsockopt");
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    const int cause = errno;
    ::close(socket_);
    errno = cause;
    raise("connect");
  }
}

raw_client::~raw_client() {
  if (socket_ >= 0) ::close(socket_);
}

bool raw_client::send(std::string_view data) {
  while (!data.empty()) {
    wait_for(socket_, POLLOUT);
    const auto n = ::send(socket_, data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) return false;
    if (n < 0) raise("send");
    data.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void raw_client::finish_sending() {
  if (::shutdown(socket_, SHUT_WR) != 0 && errno != ENOTCONN) raise("shutdown");
}

void raw_client::reset() {
  const linger at_once{1, 0};
  if (::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) != 0) raise("setsockopt");
  ::close(socket_);
  socket_ = -1;
}

// Reads what is there; false at the end of the stream or after a reset.
bool raw_client::fill() {
  wait_for(socket_, POLLIN);
  char part[65'536];
  const auto n = ::recv(socket_, part, sizeof part, 0);
  if (n < 0 && errno != ECONNRESET) raise("recv");
  if (n <= 0) return false;
  buffer_.append(part, static_cast<std::size_t>(n));
  return true;
}

std::optional<raw_response> raw_client::response(bool with_body) {
  auto end = buffer_.find("\r\n\r\n");
  for (; end == std::string::npos; end = buffer_.find("\r\n\r\n")) {
    if (fill()) continue;
    if (buffer_.empty()) return std::nullopt;
    throw std::runtime_error("closed in the middle of a header: " + buffer_);
  }
  auto r = parse_header(std::string_view{buffer_}.substr(0, end));
  buffer_.erase(0, end + 4);
  const auto length = r.fields.find("content-length");
  const std::size_t size = length == r.fields.end() || !with_body ? 0 : std::stoul(length->second);
  while (buffer_.size() < size)
    if (!fill()) throw std::runtime_error("closed in the middle of a body");
  r.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return r;
}

bool raw_client::closed() { return buffer_.empty() && !fill(); }

} // namespace alys::test
