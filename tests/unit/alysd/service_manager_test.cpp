// SPDX-License-Identifier: Apache-2.0
//
// What a service manager hears, over a real socket.
#include "service_manager.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>

using namespace std::chrono_literals;

namespace {

// The manager's end, in the abstract namespace so that no file is left.
class manager {
public:
  manager() : in_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un here{};
    here.sun_family = AF_UNIX;
    std::memcpy(here.sun_path + 1, name.data() + 1, name.size() - 1);
    REQUIRE(in_ >= 0);
    REQUIRE(::bind(in_, reinterpret_cast<const sockaddr*>(&here), static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())) ==
            0);
  }
  ~manager() { ::close(in_); }
  manager(const manager&) = delete;
  manager& operator=(const manager&) = delete;

  // What came, or nothing if nothing did.
  [[nodiscard]] std::optional<std::string> heard() const {
    char line[256];
    const auto got = ::recv(in_, line, sizeof line, 0);
    return got < 0 ? std::nullopt : std::optional<std::string>{std::string(line, static_cast<std::size_t>(got))};
  }

  const std::string name = "@alysd-test-" + std::to_string(::getpid());

private:
  int in_;
};

} // namespace

TEST_CASE("the manager hears that the node is ready and that it stops") {
  manager m;
  const alysd::service_manager node{m.name, 0us};
  CHECK_FALSE(m.heard());
  node.ready();
  CHECK(m.heard() == "READY=1");
  node.stopping();
  CHECK(m.heard() == "STOPPING=1");
}

TEST_CASE("signs of life come only if they are wanted and not more often than needed") {
  manager m;
  alysd::service_manager unwatched{m.name, 0us};
  unwatched.alive();
  CHECK_FALSE(m.heard());
  alysd::service_manager watched{m.name, 1h};
  watched.alive();
  CHECK(m.heard() == "WATCHDOG=1");
  watched.alive();
  CHECK_FALSE(m.heard());
}

TEST_CASE("the environment says where and how often and nobody is told where it does not") {
  manager m;
  ::setenv("NOTIFY_SOCKET", m.name.c_str(), 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  auto node = alysd::service_manager::of_environment();
  node.alive();
  CHECK(m.heard() == "WATCHDOG=1");
  ::setenv("WATCHDOG_USEC", "often", 1);
  auto unclear = alysd::service_manager::of_environment();
  unclear.alive();
  CHECK_FALSE(m.heard());
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("WATCHDOG_USEC");
  alysd::service_manager::of_environment().ready();
  CHECK_FALSE(m.heard());
  alysd::service_manager{"relative", 0us}.ready();
  alysd::service_manager{std::string(200, '/'), 0us}.ready();
  alysd::service_manager{"/nobody/listens", 0us}.ready();
}
