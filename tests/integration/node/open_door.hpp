// SPDX-License-Identifier: Apache-2.0
//
// The way into an api actor without a network: a test calls its handler itself.
#pragma once

#include <alys/domain/api/http_service.hpp>

#include <string>

namespace alys::test {

struct open_door final : domain::http_service {
  domain::http_handler handler;
  [[nodiscard]] result<void> start(domain::http_handler given) override {
    handler = std::move(given);
    return {};
  }
  void stop(std::chrono::milliseconds) noexcept override { handler = {}; }

  // Calls a method; `answer` outlives what is under way, and is filled when the response comes.
  void call(const std::string& method, const std::string& params, std::string& answer) const {
    domain::http_request request;
    request.method = "POST";
    request.target = "/";
    request.host = "127.0.0.1";
    request.content_type = "application/json";
    request.body = R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}";
    handler(std::move(request), [&answer](domain::http_response response) { answer = std::move(response.body); });
  }
};

} // namespace alys::test
