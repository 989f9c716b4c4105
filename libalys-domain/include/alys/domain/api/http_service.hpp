// SPDX-License-Identifier: Apache-2.0
//
// Port: something that listens for HTTP requests.
//
// ```cpp
// inline alys::result<void> open(alys::domain::http_service& service) {
//   return service.start([](alys::domain::http_request, const alys::domain::http_respond& respond) { respond({.body = "hello"}); });
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/api/http.hpp>

#include <chrono>

namespace alys::domain {

// Not thread-safe.
class http_service {
public:
  http_service() = default;
  http_service(const http_service&) = delete;
  http_service& operator=(const http_service&) = delete;
  virtual ~http_service() = default;

  // Listens until stop(). Fails if the address cannot be had.
  [[nodiscard]] virtual result<void> start(http_handler handler) = 0;
  // Ends it; what was handed over gets until `grace` to be answered. A second call does nothing.
  virtual void stop(std::chrono::milliseconds grace) noexcept = 0;
};

} // namespace alys::domain
