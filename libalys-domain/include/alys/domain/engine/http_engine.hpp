// SPDX-License-Identifier: Apache-2.0
//
// Adapter: an execution client in a process of its own, over the Engine API (HTTP with a token of the shared secret). It is what runs
// contracts, such as geth. docs/reference/engine.md has the methods, the deadlines, what becomes of each error, and
// where clients differ from their specification.
//
// Nothing that the client does or leaves undone is a failure of this adapter: it refuses, with a `fault` (not reached, too slow), with
// errc::breaker_open while it leaves the client alone, or with an engine_error (what the client says). `client_is_away` tells the first two
// from the last. The next call after a pause greets the client anew, so that everything heals by itself once the client is back.
//
// ```cpp
// inline alys::result<std::shared_ptr<alys::domain::execution_engine>> connect(const std::string& secret_file) {
//   auto secret = alys::domain::engine_secret::load(secret_file);
//   if (!secret) return secret.error();
//   return alys::domain::connect_engine({.port = 8551, .chain_id = 1337}, std::move(*secret));
// }
// ```
#pragma once

#include <alys/actors/breaker.hpp>
#include <alys/domain/engine/engine_secret.hpp>
#include <alys/domain/engine/execution_engine.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace alys::domain {

// How long a call may take, from when it is asked for. The first three are the Engine API's own.
struct engine_deadlines {
  std::chrono::milliseconds block{8'000};    // engine_newPayload, engine_forkchoiceUpdated
  std::chrono::milliseconds payload{1'000};  // engine_getPayload
  std::chrono::milliseconds greeting{1'000}; // engine_exchangeCapabilities, and what is asked with it
  std::chrono::milliseconds read{2'000};     // engine_getPayloadBodiesByRange, and all methods of eth_
};

struct http_engine_options {
  std::string host = "127.0.0.1";       // a name or an address
  std::uint16_t port = 8551;            // of the Engine API
  std::uint16_t rpc_port = 0;           // for eth_; 0: at `port` too, where not all clients offer all of it
  std::uint64_t chain_id = 0;           // a client of another chain is refused
  std::optional<hash256> first_block{}; // the hash of its block 0; a client that begins with another is refused. None: it may be any
  execution_forks forks{};              // of the chain; a client that lacks the methods of one of them is refused
  wei default_tip = wei_per_gwei;       // suggested where the client has no eth_maxPriorityFeePerGas
  engine_deadlines deadlines{};
  alys::breaker breaker{.failures = 3, .open_for = std::chrono::milliseconds{1'000}}; // of troubles in a row
  std::size_t most_answer_bytes = std::size_t{64} << 20U;
  std::size_t most_waiting = 50'000; // transactions that are remembered for pending_transaction and take_dropped_transactions
};

// Connects at the first call. Answers come on the adapter's own thread; when the engine is destroyed, what is owed is refused with
// errc::stopped before that returns.
[[nodiscard]] std::shared_ptr<execution_engine> connect_engine(http_engine_options options, engine_secret secret);

} // namespace alys::domain
