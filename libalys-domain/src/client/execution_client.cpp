// SPDX-License-Identifier: Apache-2.0
//
// Execution clients' command lines, folders and lives.
#include <alys/domain/client/execution_client.hpp>

#include "../posix/child_process.hpp"

#include <alys/actors/fault.hpp>
#include <alys/actors/http_client.hpp>
#include <alys/domain/api/json.hpp>
#include <alys/domain/aura/key_file.hpp>
#include <alys/domain/chain/limits.hpp>
#include <alys/domain/client/client_genesis.hpp>

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <stdexcept>

namespace alys::domain {

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* loopback = "127.0.0.1";

[[nodiscard]] fs::path genesis_file(const client_options& o) { return o.folder / "genesis.json"; }
[[nodiscard]] fs::path secret_file(const client_options& o) { return o.folder / "jwt.hex"; }
[[nodiscard]] fs::path data_folder(const client_options& o) { return o.folder / "data"; }
[[nodiscard]] fs::path log_file(const client_options& o) { return o.folder / "client.log"; }
[[nodiscard]] fs::path limits_file(const client_options& o) { return o.folder / "limits.mjs"; }

[[nodiscard]] std::string text_of(const fs::path& file) {
  const std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

// The last line that says anything.
[[nodiscard]] std::string last_words(const client_options& o) {
  constexpr std::streamoff enough = 4'096;
  std::ifstream in(log_file(o), std::ios::binary | std::ios::ate);
  const std::streamoff size = in.tellg();
  if (size <= 0) return "it printed nothing";
  in.seekg(std::max<std::streamoff>(0, size - enough));
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return "its last words in " + log_file(o).string() + ": " + last;
}

[[nodiscard]] error unavailable(const client_options& o, const std::string& how) {
  return fail(fault::service_unavailable, std::string{enum_name(o.kind)} + " " + how + "; " + last_words(o));
}

// ---- the folder ----

[[nodiscard]] result<void> write_genesis(const client_options& o, const std::string& genesis) {
  const fs::path file = genesis_file(o);
  if (fs::exists(file)) {
    if (text_of(file) == genesis) return {};
    return fail(fault::bad_configuration, file.string() + " is of another chain: move " + o.folder.string() +
                                              " away, and the client begins anew, or use the chain spec that it was begun with");
  }
  std::ofstream out(file, std::ios::binary);
  out << genesis << std::flush;
  if (!out) return fail(fault::permission_denied, file.string() + " cannot be written");
  return {};
}

// @ethereumjs/client executes no block of more than 200 transactions that it has not built itself, has no option for that, and would wait for
// peers to bring it the state. This module, which runs before it, raises the limit to what a block of Alys can hold.
[[nodiscard]] result<void> write_limits(const client_options& o) {
  if (o.kind != client_kind::ethereumjs) return {};
  const fs::path config = fs::weakly_canonical(o.program).parent_path() / "../src/config.js";
  std::ofstream out(limits_file(o), std::ios::binary | std::ios::trunc);
  out << "import { pathToFileURL } from 'node:url';\nconst { Config } = await import(pathToFileURL(" << std::quoted(config.string())
      << ").href);\nConfig.ENGINE_NEWPAYLOAD_MAX_TXS_EXECUTE = " << block_limits::transactions << ";\n"
      << std::flush;
  if (!out) return fail(fault::permission_denied, limits_file(o).string() + " cannot be written");
  return {};
}

// geth keeps the genesis block itself; the others read the file at each start.
[[nodiscard]] result<void> initialize_geth(const client_options& o) {
  if (o.kind != client_kind::geth || fs::exists(data_folder(o) / "geth" / "chaindata")) return {};
  auto init = child_process::start({fs::absolute(o.program).string(), "--datadir", fs::absolute(data_folder(o)).string(), "--state.scheme",
                                    "hash", "init", fs::absolute(genesis_file(o)).string()},
                                   o.folder, log_file(o));
  if (!init) return init.error();
  const auto end = (*init)->wait_for(o.ready_within);
  if (!end) return fail(fault::operation_timeout, "geth init did not end within " + std::to_string(o.ready_within.count()) + " ms");
  if (*end == "exited with status 0") return {};
  return unavailable(o, "init " + *end);
}

[[nodiscard]] result<void> make_folder(const client_options& o) {
  std::error_code why;
  fs::create_directories(data_folder(o), why);
  if (why) return fail(fault::permission_denied, data_folder(o).string() + ": " + why.message());
  return {};
}

[[nodiscard]] result<void> prepare_folder(const client_options& o, const std::string& genesis) {
  if (auto made = make_folder(o); !made) return made;
  if (auto written = write_genesis(o, genesis); !written) return written;
  if (auto made = make_client_secret(o); !made) return made;
  if (auto written = write_limits(o); !written) return written;
  return initialize_geth(o);
}

// ---- its first answer ----

// Nothing while it does not answer.
[[nodiscard]] std::optional<std::string> ask_chain_id(const client_options& o) {
  const auto reply = http_post({loopback, o.rpc_port}, R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]})",
                               {.deadline = milliseconds{1'000}, .most_reply_bytes = 65'536});
  if (!reply || !reply->ok()) return std::nullopt;
  const auto document = read_json(reply->body);
  const json_value* id = document ? document->member("result") : nullptr;
  if (id == nullptr || id->as_string() == nullptr) return std::nullopt;
  return *id->as_string();
}

[[nodiscard]] result<void> wait_until_ready(child_process& process, const client_options& o, std::uint64_t chain_id) {
  std::ostringstream expected;
  expected << "0x" << std::hex << chain_id;
  const auto until = steady_clock::now() + o.ready_within;
  while (steady_clock::now() < until) {
    if (const auto end = process.wait_for(milliseconds{100})) return unavailable(o, *end + " before it answered");
    const auto id = ask_chain_id(o);
    if (!id) continue;
    if (*id == expected.str()) return {};
    return fail(fault::bad_configuration, "whoever answers on port " + std::to_string(o.rpc_port) + " has chain id " + *id + ", not " +
                                              expected.str() + ": the port may be another program's");
  }
  return fail(fault::operation_timeout, std::string{enum_name(o.kind)} + " did not answer on port " + std::to_string(o.rpc_port) +
                                            " within " + std::to_string(o.ready_within.count()) + " ms; " + last_words(o));
}

// ---- its lives ----

// All lives of one client. The component calls from one thread at a time.
class client {
public:
  client(client_options o, const client_chain& chain)
      : options_(std::move(o)),
        chain_id_(chain.chain_id),
        genesis_(client_genesis_json(chain.chain_id, chain.genesis)),
        command_(command_of(options_, chain)) {}

  // All that is fixed about it.
  [[nodiscard]] std::string version() const {
    std::string all = genesis_;
    for (const std::string& word : command_) all += '\n' + word;
    return all;
  }

  void watch(std::function<void(error)> failed) { failed_ = std::move(failed); }

  [[nodiscard]] result<void> start() {
    if (auto ready = prepare_folder(options_, genesis_); !ready) return ready;
    auto made = child_process::start(command_, options_.folder, log_file(options_));
    if (!made) return made.error();
    if (auto ready = wait_until_ready(**made, options_, chain_id_); !ready) return ready; // which kills it
    process_ = *std::move(made);
    process_->when_ended([failed = failed_, o = options_](const std::string& how) { failed(unavailable(o, how)); });
    return {};
  }

  void stop() {
    process_->terminate(options_.stop_within);
    process_.reset();
  }

private:
  const client_options options_;
  const std::uint64_t chain_id_;
  const std::string genesis_;
  const std::vector<std::string> command_;
  std::function<void(error)> failed_;
  std::unique_ptr<child_process> process_;
};

} // namespace

client_endpoints endpoints_of(const client_options& o) {
  const auto url = [](std::uint16_t port) { return "http://" + std::string{loopback} + ":" + std::to_string(port); };
  return {url(o.rpc_port), url(o.engine_port), secret_file(o)};
}

result<void> make_client_secret(const client_options& o) {
  if (auto made = make_folder(o); !made) return made;
  const fs::path file = secret_file(o);
  if (!fs::exists(file)) {
    if (const auto made = generate_key_file(file); !made) return made.error();
  }
  if (const auto usable = load_key_file(file); !usable) return usable.error();
  return {};
}

std::vector<std::string> command_of(const client_options& o, const client_chain& chain) {
  const std::string program = fs::absolute(o.program).string();
  const std::string data = fs::absolute(data_folder(o)).string();
  const std::string secret = fs::absolute(secret_file(o)).string();
  const std::string rpc_port = std::to_string(o.rpc_port), engine_port = std::to_string(o.engine_port);
  switch (o.kind) {
    case client_kind::ethereumjs:
      return {"node",
              "--import",
              fs::absolute(limits_file(o)).string(),
              program,
              "--gethGenesis",
              fs::absolute(genesis_file(o)).string(),
              "--dataDir",
              data,
              "--rpc",
              "--rpcAddr",
              loopback,
              "--rpcPort",
              rpc_port,
              "--rpcEngine",
              "--rpcEngineAddr",
              loopback,
              "--rpcEnginePort",
              engine_port,
              "--jwtSecret",
              secret,
              "--isSingleNode",
              "--sync",
              "none",
              "--discDns=false",
              "--discV4=false",
              "--maxPeers",
              "0",
              "--port",
              "0",
              "--extIP",
              loopback,
              "--saveReceipts",
              "--logFile",
              "false"};
    // Each block's state is written at once: geth killed in between would else come up without it, and take its newest blocks for known
    // nevertheless.
    case client_kind::geth:
      return {program,
              "--datadir",
              data,
              "--networkid",
              std::to_string(chain.chain_id),
              "--nodiscover",
              "--maxpeers",
              "0",
              "--port",
              "0",
              "--nat",
              "none",
              "--ipcdisable",
              "--syncmode",
              "full",
              "--state.scheme",
              "hash",
              "--gcmode",
              "archive",
              "--miner.gaslimit", // else it leads each block's towards one of its own
              std::to_string(chain.genesis.gas_limit.value()),
              "--http",
              "--http.addr",
              loopback,
              "--http.port",
              rpc_port,
              "--http.api",
              "eth,net,web3,txpool",
              "--rpc.txfeecap",
              "0",
              "--authrpc.addr",
              loopback,
              "--authrpc.port",
              engine_port,
              "--authrpc.jwtsecret",
              secret};
  }
  throw std::invalid_argument("alys: a client_kind that there is not");
}

component execution_client(client_options options, const client_chain& chain) {
  const auto lives = std::make_shared<client>(std::move(options), chain);
  return {.start = [lives] { return lives->start(); },
          .stop =
              [lives] {
                lives->stop();
                return result<void>{};
              },
          .watch = [lives](std::function<void(error)> failed) { lives->watch(std::move(failed)); },
          .version = lives->version()};
}

} // namespace alys::domain
