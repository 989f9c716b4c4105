// SPDX-License-Identifier: Apache-2.0
//
// Two nodes: one in the test, one in a process of its own.
#pragma once

#include "words.hpp"

#include <support/actors/certificates.hpp>
#include <support/actors/journal.hpp>
#include <support/actors/other_process.hpp>
#include <support/actors/watch.hpp>
#include <support/temporary_folder.hpp>

#include <catch2/catch.hpp>

namespace alys::test {

// The process, and where to reach it.
class peer {
public:
  explicit peer(std::vector<std::string> tls = {}, std::uint16_t port = 0, const std::string& program = ALYS_TEST_PEER)
      : process_(command(program, port, std::move(tls))) {
    const std::string said = process_.line();
    if (!said.starts_with("port ")) throw std::runtime_error("the peer says: " + said);
    port_ = static_cast<std::uint16_t>(std::stoi(said.substr(5)));
  }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] other_process& process() noexcept { return process_; }

private:
  static std::vector<std::string> command(const std::string& program, std::uint16_t port, std::vector<std::string> tls) {
    std::vector<std::string> all{program, "alpha", std::to_string(port)};
    all.insert(all.end(), tls.begin(), tls.end());
    return all;
  }
  other_process process_;
  std::uint16_t port_ = 0;
};

// Options of the test's own node. Only who stops a process waits for it to be found silent: a busy machine is silent at times too.
[[nodiscard]] inline node_options here_options(std::chrono::milliseconds silence = std::chrono::seconds{20}) {
  node_options o;
  o.name = "beta";
  o.plain = true;
  o.heartbeat = std::chrono::milliseconds{100};
  o.silence = silence;
  o.codes = known_codes<denied>();
  o.log = log_to_nowhere();
  return o;
}

[[nodiscard]] inline link_options to_peer(std::uint16_t port) {
  link_options o;
  o.name = "alpha";
  o.host = "127.0.0.1";
  o.port = port;
  o.retry = {.initial = std::chrono::milliseconds{10}, .cap = std::chrono::milliseconds{100}};
  return o;
}

} // namespace alys::test
