// SPDX-License-Identifier: Apache-2.0
#include "engine_place.hpp"

#include <alys/domain/chain/genesis.hpp>
#include <alys/domain/client/execution_client.hpp>
#include <alys/domain/engine/embedded_ledger.hpp>
#include <alys/domain/engine/fed_engine.hpp>
#include <alys/domain/engine/http_engine.hpp>
#include <alys/domain/engine/ledger.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace alysd {

using namespace alys::domain;

namespace {

namespace fs = std::filesystem;

// A client that is still there when the node's own time is over would be left behind.
[[nodiscard]] client_options client_options_of(const node_config& config) {
  client_options options;
  options.kind = config.engine.kind == "geth" ? client_kind::geth : client_kind::ethereumjs;
  options.program = config.engine.program;
  options.folder = fs::path{config.data_folder} / "client";
  options.rpc_port = config.engine.rpc_port;
  options.engine_port = config.engine.engine_port;
  options.ready_within = config.engine.ready_within;
  options.stop_within = config.shutdown_within / 2;
  return options;
}

[[nodiscard]] http_engine_options http_options_of(const engine_config& engine, const chain_spec& spec, const hash256& first_block) {
  http_engine_options options;
  options.host = engine.host;
  options.port = engine.engine_port;
  options.rpc_port = engine.rpc_port;
  options.chain_id = spec.chain_id;
  options.first_block = first_block;
  options.forks = spec.execution;
  options.deadlines.block = engine.block_timeout;
  options.deadlines.payload = engine.payload_timeout;
  options.deadlines.read = engine.read_timeout;
  return options;
}

[[nodiscard]] payload_lookup payloads_of(std::shared_ptr<const chain_store> store) {
  return [store = std::move(store)](const hash256& block) -> alys::result<std::optional<execution_payload>> {
    auto found = store->block_by_payload(block);
    if (!found) return found.error();
    if (!*found) return std::nullopt;
    return std::move((*found)->block.payload);
  };
}

[[nodiscard]] started_client start_with_tree(const client_options& options, const chain_spec& spec) {
  using std::chrono::seconds;
  return {execution_client(options, {spec.chain_id, execution_genesis_of(spec)}),
          2 * options.ready_within + seconds{1}, // geth writes its first block beforehand, in the same time at most
          options.stop_within + seconds{1}};
}

// The ledger knows a block by its header among the state that the store keeps for it.
[[nodiscard]] alys::result<void> check_ledger_has_head(const chain_store& store, const std::string& folder) {
  const auto progress = store.progress();
  if (!progress) return progress.error();
  if (!*progress) return {};
  const auto head = store.block_by_id((*progress)->head.id);
  if (!head) return head.error();
  if (!*head) return {}; // the chain's own start says what is missing
  const auto header = store.node((*head)->block.payload.block_hash);
  if (!header) return header.error();
  if (*header) return {};
  return alys::fail(alys::category::configuration, folder +
                                                       ": the chain in it was executed by an execution client, and the embedded ledger has "
                                                       "no state of it. Set engine.kind to that client, or give another folder");
}

} // namespace

alys::result<void> check_engine(const node_config& config, const chain_spec& spec) {
  const engine_config& engine = config.engine;
  const auto refused = [](std::string why) { return alys::fail(alys::category::configuration, std::move(why)); };
  if (engine.in_process() && spec.execution.prague)
    return refused("the embedded ledger has no rules after Cancun, and " + config.chain.spec + " has Prague: set engine.kind to a client");
  if (engine.in_process()) return {};
  if (spec.slot_duration < std::chrono::seconds{1})
    return refused("the slots of " + config.chain.spec + " are shorter than 1s: an execution client needs a second for each block");
  if (engine.external()) {
    if (const auto secret = engine_secret::load(engine.secret); !secret) return secret.error();
    return {};
  }
  if (std::error_code unreadable; !fs::is_regular_file(engine.program, unreadable))
    return refused("engine.program = \"" + engine.program + "\": there is no such file");
  return {};
}

alys::result<engine_place> place_engine(const node_config& config, const chain_spec& spec, std::shared_ptr<const chain_store> store) {
  const engine_config& engine = config.engine;
  engine_place place;
  if (const auto fits = check_engine(config, spec); !fits) return fits.error();
  if (engine.in_process()) {
    if (const auto has = check_ledger_has_head(*store, config.data_folder); !has) return has.error();
    place.engine =
        std::make_shared<embedded_ledger>(ledger_options{.chain_id = spec.chain_id, .genesis = execution_genesis_of(spec)}, *store);
    place.name = "embedded ledger";
    return place;
  }
  fs::path secret_file = engine.secret;
  if (engine.external()) {
    place.name = "external client";
    place.words = fmt::format("execution client at {}, ports {} and {}", engine.host, engine.engine_port, engine.rpc_port);
  } else {
    const client_options options = client_options_of(config);
    if (const auto made = make_client_secret(options); !made) return made.error();
    secret_file = endpoints_of(options).secret_file;
    place.client = start_with_tree(options, spec);
    place.name = engine.kind;
    place.words = fmt::format("{} on ports {} and {}, started by this node; what it says is in {}", engine.kind, engine.engine_port,
                              engine.rpc_port, (options.folder / "client.log").string());
  }
  auto secret = engine_secret::load(secret_file);
  if (!secret) return secret.error();
  const auto first = first_block_hash(execution_genesis_of(spec));
  if (!first) return first.error();
  const auto progress = std::make_shared<feed_progress>();
  place.feeding = progress;
  place.engine = feed_from(payloads_of(store), connect_engine(http_options_of(engine, spec, *first), std::move(*secret)), progress);
  return place;
}

} // namespace alysd
