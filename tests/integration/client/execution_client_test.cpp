// SPDX-License-Identifier: Apache-2.0
//
// An execution client's lives, with a shell script in its place where the client would do something wrong. Real clients have tests of their
// own, with the label real-client.
#include "support/actors/tree.hpp"
#include "support/temporary_folder.hpp"

#include <alys/actors/fault.hpp>
#include <alys/domain/api/http_server.hpp>
#include <alys/domain/aura/key_file.hpp>
#include <alys/domain/client/client_genesis.hpp>
#include <alys/domain/client/execution_client.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>

using namespace alys::domain;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

// Answers as a client that is ready.
class answers {
public:
  explicit answers(const std::string& chain_id)
      : server_(http_server::start({.port = 0}, [body = R"({"jsonrpc":"2.0","id":1,"result":")" + chain_id + "\"}"](
                                                    const http_request&, const http_respond& respond) {
                  respond({.body = body});
                }).value()) {}
  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

private:
  http_server server_;
};

constexpr const char* keeps_running = "echo $$ > pid; echo ready; while :; do sleep 0.01; done";

// A client of which `body` is what it does when it runs; `init` is fine.
struct stand_in {
  explicit stand_in(const std::string& body, std::uint16_t rpc_port = 1) {
    const fs::path program = folder.path() / "geth";
    std::ofstream{program} << "#!/bin/sh\ncase \"$*\" in *init*) mkdir -p data/geth/chaindata; echo \"$@\" > init; exit 0 ;; esac\n"
                           << body << '\n';
    fs::permissions(program, fs::perms::owner_all);
    options = {
        .kind = client_kind::geth, .program = program, .folder = folder.path() / "client", .rpc_port = rpc_port, .ready_within = 20s};
  }
  [[nodiscard]] alys::component made(const execution_genesis& genesis = {}) const { return execution_client(options, {121'212, genesis}); }
  [[nodiscard]] std::string text(const std::string& name) const {
    const std::ifstream in(options.folder / name);
    std::ostringstream all;
    all << in.rdbuf();
    return std::move(all).str();
  }
  [[nodiscard]] pid_t process() const { return std::stoi(text("pid")); }

  alys::test::temporary_folder folder;
  client_options options;
};

} // namespace

TEST_CASE("a client that answers has started and one that is told to stop is gone") {
  const answers ready("0x1d97c");
  const stand_in s(keeps_running, ready.port());
  const auto c = s.made();
  c.watch([](const alys::error&) { FAIL("it did not fail"); });
  REQUIRE(c.start());
  CHECK(::kill(s.process(), 0) == 0);
  CHECK(s.text("init").find("init") != std::string::npos);
  CHECK(s.text("genesis.json") == client_genesis_json(121'212, {}));
  CHECK(load_key_file(s.options.folder / "jwt.hex"));
  const auto process = s.process();
  REQUIRE(c.stop());
  CHECK(::kill(process, 0) == -1);

  fs::remove(s.options.folder / "init");
  REQUIRE(c.start()); // once more, on what is there
  CHECK_FALSE(fs::exists(s.options.folder / "init"));
  REQUIRE(c.stop());
}

TEST_CASE("a client that ends before it answers fails its start with its last words") {
  const stand_in s("echo starting; echo 'Fatal: no such chain' >&2; exit 4");
  const auto started = s.made().start();
  REQUIRE(started == alys::fault::service_unavailable);
  CHECK(started.error().text() == "geth exited with status 4 before it answered; its last words in " +
                                      (s.options.folder / "client.log").string() + ": Fatal: no such chain");
}

TEST_CASE("a client that never answers is given up and killed") {
  stand_in s(keeps_running);
  s.options.ready_within = 300ms;
  const auto started = s.made().start();
  REQUIRE(started == alys::fault::operation_timeout);
  CHECK(started.error().text().find("did not answer on port 1 within 300 ms; its last words") != std::string::npos);
  CHECK(::kill(s.process(), 0) == -1);
}

TEST_CASE("a client whose folder cannot be initialized says why") {
  const stand_in s("");
  std::ofstream{s.options.program} << "#!/bin/sh\necho 'invalid genesis file'; exit 1\n";
  const auto started = s.made().start();
  REQUIRE(started == alys::fault::service_unavailable);
  CHECK(started.error().text().find("geth init exited with status 1; its last words in ") == 0);
  CHECK(started.error().text().find("invalid genesis file") != std::string::npos);
}

TEST_CASE("a program that is not there is named") {
  stand_in s("");
  s.options.program = "/nowhere/geth";
  const auto started = s.made().start();
  REQUIRE(started == alys::fault::service_unavailable);
  CHECK(started.error().text().find("/nowhere/geth") != std::string::npos);
}

TEST_CASE("a client of another chain on the same port is no client of ours") {
  const answers stranger("0x1");
  const stand_in s(keeps_running, stranger.port());
  const auto started = s.made().start();
  REQUIRE(started == alys::fault::bad_configuration);
  CHECK(started.error().text().find("has chain id 0x1, not 0x1d97c") != std::string::npos);
}

TEST_CASE("a folder that was begun with another genesis is refused") {
  const answers ready("0x1d97c");
  const stand_in s(keeps_running, ready.port());
  const auto first = s.made();
  REQUIRE(first.start());
  REQUIRE(first.stop());
  const auto second = s.made({.timestamp = unix_seconds{1}}).start();
  REQUIRE(second == alys::fault::bad_configuration);
  CHECK(second.error().text().find("genesis.json is of another chain: move ") != std::string::npos);
  CHECK(s.text("genesis.json") == client_genesis_json(121'212, {}));
}

TEST_CASE("a secret that others can read is refused") {
  const stand_in s(keeps_running);
  fs::create_directories(s.options.folder);
  REQUIRE(generate_key_file(s.options.folder / "jwt.hex"));
  fs::permissions(s.options.folder / "jwt.hex", fs::perms::group_read, fs::perm_options::add);
  CHECK(s.made().start() == key_file_error::exposed);
}

TEST_CASE("a client that is killed is a failure at once and the next one takes its place") {
  const answers ready("0x1d97c");
  const stand_in s(keeps_running, ready.port());
  alys::test::tree t;
  alys::supervise(t.root, "client", s.made(), {.initialize_within = 30s, .stop_within = 15s});
  auto system = t.start();
  const auto first = s.process();
  ::kill(first, SIGKILL);
  REQUIRE(t.seen->steps.wait_for("/root/client: initializing -> running (2)"));
  CHECK(s.process() != first);
  const alys::tree_node root = system.tree();
  const auto& failures = find(root, "/root/client")->failures;
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].what == alys::fault::service_unavailable);
  CHECK(failures[0].what.text().find("geth was killed by signal 9; its last words") == 0);
  const auto second = s.process();
  CHECK(system.shutdown(20s).in_time);
  CHECK(::kill(second, 0) == -1);
}

TEST_CASE("each client has its own command line and both have the same ends") {
  client_options o{.program = "/opt/client", .folder = "/var/lib/client", .rpc_port = 1'111, .engine_port = 2'222};
  for (const client_kind kind : {client_kind::geth, client_kind::ethereumjs}) {
    o.kind = kind;
    std::string line;
    for (const std::string& word : command_of(o, {7, {.gas_limit = gas{20'000'000}}})) line += word + ' ';
    for (const char* part : {"/opt/client ", "1111 ", "2222 ", "/var/lib/client/data ", "/var/lib/client/jwt.hex ", "127.0.0.1 "})
      CHECK(line.find(part) != std::string::npos);
  }
  o.kind = client_kind::geth;
  const auto line = command_of(o, {7, {.gas_limit = gas{20'000'000}}});
  const auto option = std::ranges::find(line, "--miner.gaslimit");
  REQUIRE(option != line.end());
  CHECK(option[1] == "20000000");
  const auto ends = endpoints_of(o);
  CHECK(ends.rpc_url == "http://127.0.0.1:1111");
  CHECK(ends.engine_url == "http://127.0.0.1:2222");
  CHECK(ends.secret_file == "/var/lib/client/jwt.hex");
}
