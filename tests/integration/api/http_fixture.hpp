// SPDX-License-Identifier: Apache-2.0
//
// A server on a free port and the few requests that most tests send.
#pragma once

#include "raw_client.hpp"

#include <alys/domain/api/http_server.hpp>

#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace alys::test {

inline alys::domain::http_server serve(alys::domain::http_handler handler, alys::domain::http_server_config config = {}) {
  config.port = 0;
  auto server = alys::domain::http_server::start(std::move(config), std::move(handler));
  return std::move(server).value();
}

// Answers with what it got: "METHOD TARGET BODY".
inline void echo(alys::domain::http_request request, const alys::domain::http_respond& respond) {
  respond({.body = request.method + " " + request.target + " " + request.body});
}

inline std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n"; }

inline std::string post(const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// Keeps what the handler was asked to answer, for the test to answer when it likes.
class inbox {
public:
  alys::domain::http_handler handler() {
    return [this](alys::domain::http_request, alys::domain::http_respond respond) { arrived_.set_value(std::move(respond)); };
  }
  // Waits for the next request; throws if none comes.
  alys::domain::http_respond next() {
    auto arrival = arrived_.get_future();
    if (arrival.wait_for(std::chrono::seconds{10}) != std::future_status::ready) throw std::runtime_error("no request arrived");
    auto respond = arrival.get();
    arrived_ = {};
    return respond;
  }

private:
  std::promise<alys::domain::http_respond> arrived_;
};

// True once `holds()`; false if it does not within ten seconds.
template <class Predicate>
bool eventually(Predicate holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

} // namespace alys::test
