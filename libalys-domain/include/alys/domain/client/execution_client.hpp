// SPDX-License-Identifier: Apache-2.0
//
// Adapter: an execution client as a child of the node. Its process is started in a folder of its own, waited for until it answers, and
// stopped in order; that it ends by itself is a failure like any other, and its supervisor starts it again. It speaks on loopback only, with
// no peers: what it executes comes from the node.
//
// Its folder holds `genesis.json`, `jwt.hex` (the secret that the node shares with it, mode 0600), `client.log` with all that it prints, and
// `limits.mjs` (what @ethereumjs/client has no option for), and its own `data`. A process that outlives its node is killed by the operating system.
//
// ```cpp
// #include <alys/actors/supervisor.hpp>
//
// inline void declare(alys::supervisor_spec& chain, alys::domain::client_options options, const alys::domain::execution_genesis& genesis) {
//   alys::supervise(chain, "client", alys::domain::execution_client(std::move(options), {121'212, genesis}),
//                   {.restart = alys::backoff{}, .initialize_within = 90s, .stop_within = 15s});
// }
// ```
#pragma once

#include <alys/actors/component.hpp>
#include <alys/actors/enum_names.hpp>
#include <alys/domain/engine/ledger.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace alys::domain {

// The clients whose command lines are known here.
enum class client_kind : std::uint8_t {
  ethereumjs, // @ethereumjs/client, run with node
  geth,       // go-ethereum
};
ALYS_ENUM(client_kind, ethereumjs, geth)

struct client_options {
  client_kind kind = client_kind::geth;
  std::filesystem::path program;                  // geth itself, or the dist/esm/bin/cli.js of @ethereumjs/client
  std::filesystem::path folder;                   // made if it is not there
  std::uint16_t rpc_port = 8'545;                 // for eth_*; on 127.0.0.1, as the next
  std::uint16_t engine_port = 8'551;              // for engine_*, with the secret
  std::chrono::milliseconds ready_within{60'000}; // from the start of the process to its first answer; more than 0
  std::chrono::milliseconds stop_within{10'000};  // from SIGTERM to its end; then it is killed. More than 0
};

// The chain that a client is to run.
struct client_chain {
  std::uint64_t chain_id = 0; // EIP-155
  execution_genesis genesis{};
};

// Where such a client is found.
struct client_endpoints {
  std::string rpc_url;
  std::string engine_url;
  std::filesystem::path secret_file;
};
[[nodiscard]] client_endpoints endpoints_of(const client_options&);

// Makes folder and secret, unless they are there: for whoever needs the secret before the client's first start. Fails with fault::permission_denied
// or a key_file_error.
[[nodiscard]] result<void> make_client_secret(const client_options&);

// The command that runs it, program first.
[[nodiscard]] std::vector<std::string> command_of(const client_options&, const client_chain&);

// A start fails with fault::bad_configuration where the folder belongs to another genesis or
// the client has another chain id, with a key_file_error where the secret cannot be used, with fault::service_unavailable if the process
// cannot be started or ends before it answers, and with fault::operation_timeout if it does not answer in time; the text ends with the last line
// that the client printed.
[[nodiscard]] component execution_client(client_options options, const client_chain& chain);

} // namespace alys::domain
