// SPDX-License-Identifier: Apache-2.0
//
// Whoever connects to a node and says what no node would say: it is told why, or is cut off; the node goes on for others.
#include "two_nodes.hpp"

#include <frame.hpp>
#include <support/actors/tcp_client.hpp>

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/io/basp/version.hpp>

#include <malloc.h>

#include <fstream>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

struct listening {
  listening() : here(node::start(options())), system(alys::system::start(root)) { here.publish("book", book); }
  static node_options options() {
    auto o = here_options();
    o.name = "alpha";
    o.listen = "127.0.0.1";
    o.connect_within = 1s;
    return o;
  }
  // Whether a decent node is served.
  [[nodiscard]] bool serves() {
    auto other = node::start(here_options());
    const auto there = other.connect(to_peer(here.port()));
    return there.wait_until_up(patience) && system.ask(there.handle<ledger>("book"), deposit{1}, patience).has_value();
  }

  supervisor_spec root{"root"};
  ref<ledger> book = root.child<ledger>("book");
  node here;
  alys::system system;
};

// A program that speaks BASP, and has read half of what is said inside.
struct stranger {
  explicit stranger(std::uint16_t port) {
    auto found = system.middleman().remote_actor("127.0.0.1", port);
    REQUIRE(found);
    gateway = *found;
  }
  // What comes back.
  [[nodiscard]] std::optional<detail::frame> say(const std::string& bytes) {
    self->send(gateway, bytes);
    std::optional<detail::frame> said;
    self->receive([&](const std::string& answer) { said = detail::read_frame(answer, {}); },
                  caf::after(patience) >> [] { FAIL("no answer"); });
    return said;
  }
  // Why it is turned away.
  [[nodiscard]] std::string turned_away(const std::string& bytes) {
    const auto said = say(bytes);
    const auto* goodbye = said ? std::get_if<detail::goodbye_frame>(&*said) : nullptr;
    return goodbye != nullptr ? goodbye->why.text() : "it is not turned away";
  }

  struct config_type : caf::actor_system_config {
    config_type() { load<caf::io::middleman>(); }
  } config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  caf::actor gateway;
};

// The header that begins a BASP connection, and announces so many bytes.
[[nodiscard]] std::string basp_greeting(std::uint32_t size) {
  std::string bytes{'\x01', '\0', '\0', '\0'};
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift);
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(std::uint64_t{caf::io::basp::version} >> shift);
  return bytes + std::string(16, '\0');
}

[[nodiscard]] std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// What is in use of the heap; 0 under a sanitizer, which finds leaks by itself.
[[nodiscard]] std::size_t allocated_bytes() { return ::mallinfo2().uordblks; }

[[nodiscard]] std::size_t resident_kilobytes() {
  std::ifstream status{"/proc/self/statm"};
  std::size_t whole = 0;
  std::size_t resident = 0;
  status >> whole >> resident;
  return 4 * resident;
}

} // namespace

TEST_CASE("garbage on the port of a node is cut off") {
  listening node;
  const tcp_client client(node.here.port());
  client.send(std::string(10'000, 'x'));
  CHECK(client.closed_by_other());
  CHECK(node.serves());
}

TEST_CASE("half a frame that stays one is cut off in time") {
  listening node;
  const tcp_client client(node.here.port());
  client.send(basp_greeting(100).substr(0, 20));
  CHECK(client.closed_by_other());
  CHECK(node.serves());
}

TEST_CASE("more bytes than a frame may have are cut off before there is memory for them") {
  listening node;
  const auto before = resident_kilobytes();
  const tcp_client client(node.here.port());
  client.send(basp_greeting(0xffff'fff0));
  CHECK(client.closed_by_other());
  CHECK(resident_kilobytes() < before + 100'000);
  CHECK(node.serves());
}

TEST_CASE("a node of another version is told so") {
  listening node;
  stranger other(node.here.port());
  CHECK(other.turned_away(detail::write_frame(detail::hello_frame{7, "beta"})) ==
        "node alpha speaks version 1 of the protocol between nodes, not 7");
  CHECK(node.serves());
}

TEST_CASE("what is no frame or comes at the wrong time is answered with the reason") {
  listening node;
  stranger other(node.here.port());
  CHECK(other.turned_away("garbage") == "node alpha does not understand what was said");
  CHECK(other.turned_away("") == "node alpha does not understand what was said");
  CHECK(other.turned_away(detail::write_frame(detail::spawn_frame{})) == "a node says hello first");
  CHECK(other.say(detail::write_frame(detail::hello_frame{detail::wire_version, "beta"})).has_value());
  CHECK(other.turned_away(detail::write_frame(detail::welcome_frame{})) == "node alpha hears what only it says");
  CHECK(other.turned_away(detail::write_frame(detail::spawn_frame{})) == "a node says hello first"); // from the beginning
  other.self->send(other.gateway, 42);
  other.self->send_exit(other.gateway, caf::exit_reason::kill);
  CHECK(node.serves());
}

TEST_CASE("a message whose bytes are damaged is refused and the link stays") {
  listening node;
  stranger other(node.here.port());
  CHECK(other.say(detail::write_frame(detail::hello_frame{detail::wire_version, "beta"})).has_value());
  detail::message_frame m;
  m.number = 1;
  m.asked = true;
  m.target = "book";
  m.type = "alys::test::deposit";
  m.shape = detail::shape_of<deposit>();
  m.payload = "short";
  const auto damaged = other.say(detail::write_frame(m));
  REQUIRE((damaged && std::holds_alternative<detail::answer_frame>(*damaged)));
  CHECK(std::get<detail::answer_frame>(*damaged).why == errc::not_accepted);
  CHECK(std::get<detail::answer_frame>(*damaged).why.text() == "what came as alys::test::deposit to node alpha is none");
  m.payload = std::string("\x05\0\0\0\0\0\0\0", 8);
  const auto good = other.say(detail::write_frame(m));
  REQUIRE((good && std::holds_alternative<detail::answer_frame>(*good)));
  CHECK_FALSE(std::get<detail::answer_frame>(*good).why);
}

TEST_CASE("a hundred reconnects leak neither descriptors nor memory") {
  listening node;
  std::size_t descriptors = 0;
  std::size_t bytes = 0;
  for (int i = 0; i < 120; ++i) {
    REQUIRE(node.serves());
    if (i == 19) {
      REQUIRE(
          eventually([&, last = open_descriptors()]() mutable { return std::exchange(last, open_descriptors()) == open_descriptors(); }));
      descriptors = open_descriptors();
      bytes = allocated_bytes();
    }
  }
  CHECK(eventually([&] { return open_descriptors() <= descriptors; }));
  CHECK(eventually([&] { return allocated_bytes() < bytes + 100'000; })); // 1 KB each would be as much
}
