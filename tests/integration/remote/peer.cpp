// SPDX-License-Identifier: Apache-2.0
//
// The other process of these tests: peer NAME PORT [CERTIFICATE KEY AUTHORITY]. Publishes a ledger as "book" and offers ledgers as "ledger".
// Says "port <n>" once it can be reached, and the path of each slot that has ended; lives until its standard input ends.
#include "words.hpp"

#include <iostream>

namespace {

// Says which slots have come to their end.
struct end_teller final : alys::observer {
  void lifecycle_changed(std::string_view path, const alys::lifecycle_event& step) override {
    if (step.to == alys::lifecycle_state::terminated) std::cout << path << std::endl;
  }
};

} // namespace

int main(int count, char** arguments) {
  using namespace alys;
  using namespace alys::test;
  const std::vector<std::string> said(arguments + 1, arguments + count);
  supervisor_spec root{"root"};
  const auto book = root.child<ledger>("book", {.tag = "book"});
  const auto workers = root.children<ledger>("worker-{}", {.kind = child_kind::temporary});
  auto system = alys::system::start(std::move(root), {.log = log_to_nowhere(), .observers = {std::make_shared<end_teller>()}});
  node_options options{.name = said.at(0), .listen = "127.0.0.1", .port = static_cast<std::uint16_t>(std::stoi(said.at(1)))};
  options.log = log_to_nowhere();
  options.codes = known_codes<denied>();
  options.heartbeat = std::chrono::milliseconds{100};
  options.silence = std::chrono::seconds{20};
  if (said.size() == 5) options.tls = tls_options{said[2], said[3], said[4]};
  else options.plain = true;
  auto here = node::start(std::move(options));
  here.publish("book", book);
  here.offer("ledger", workers);
  std::cout << "port " << here.port() << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {}
}
