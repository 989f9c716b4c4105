// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/api/http_listener.hpp>

namespace alys::domain {

result<void> http_listener::start(http_handler handler) {
  auto started = http_server::start(config_, std::move(handler));
  if (!started) return fail(started.error().code(), started.error().category(), started.error().text());
  const std::lock_guard guard(mutex_);
  server_.emplace(std::move(*started));
  config_.port = server_->port(); // a restarted service comes back where its clients look for it
  return {};
}

void http_listener::stop(std::chrono::milliseconds grace) noexcept {
  std::optional<http_server> last;
  {
    const std::lock_guard guard(mutex_);
    last.swap(server_);
  }
  if (last) last->stop(grace);
}

std::optional<std::string> http_listener::url() const {
  const std::lock_guard guard(mutex_);
  if (!server_) return std::nullopt;
  const bool v6 = server_->address().find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + server_->address() + "]" : server_->address()) + ":" + std::to_string(server_->port());
}

http_server_counters http_listener::counters() const {
  const std::lock_guard guard(mutex_);
  return server_ ? server_->counters() : http_server_counters{};
}

} // namespace alys::domain
