// SPDX-License-Identifier: Apache-2.0
//
// Adapter: the HTTP server as a service that an actor starts and stops, once a life.
//
// ```cpp
// inline std::shared_ptr<alys::domain::http_service> service() { return std::make_shared<alys::domain::http_listener>(alys::domain::http_server_config{}); }
// ```
#pragma once

#include <alys/domain/api/http_server.hpp>
#include <alys/domain/api/http_service.hpp>

#include <memory>
#include <mutex>
#include <optional>

namespace alys::domain {

class http_listener final : public http_service {
public:
  explicit http_listener(http_server_config config) : config_(std::move(config)) {}

  [[nodiscard]] result<void> start(http_handler handler) override;
  void stop(std::chrono::milliseconds grace) noexcept override;

  // Where it listens: the port is the real one if the configured one was 0. Empty if it does not. Thread-safe.
  [[nodiscard]] std::optional<std::string> url() const;
  // Thread-safe.
  [[nodiscard]] http_server_counters counters() const;

private:
  mutable std::mutex mutex_; // looked at from other threads than the actor's
  http_server_config config_;
  std::optional<http_server> server_;
};

} // namespace alys::domain
