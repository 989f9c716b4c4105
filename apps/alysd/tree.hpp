// SPDX-License-Identifier: Apache-2.0
//
// The node's tree of actors: everything that runs, on one screen (tree.cpp).
#pragma once

#include <alys/actors.hpp>
#include <alys/actors/component.hpp>
#include <alys/domain/api/api_actor.hpp>
#include <alys/domain/aura/aura_actor.hpp>
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/node/call_observer.hpp>
#include <alys/domain/storage/state_database_actor.hpp>

#include <memory>
#include <optional>

namespace alysd {

// An execution client that starts and stops with the tree.
struct started_client {
  alys::component process;
  std::chrono::milliseconds initialize_within;
  std::chrono::milliseconds stop_within;
};

// The engine's states are in the node's own store.
struct stored_states {
  alys::domain::state_database_settings settings;
  alys::domain::state_check_listener checked;
};

// What the actors need of the outside.
struct node_ports {
  alys::domain::call_observer calls; // to the store and the engine
  std::shared_ptr<alys::domain::chain_store> store;
  std::shared_ptr<alys::domain::chain_backups> backups; // null: none are made
  std::shared_ptr<alys::domain::execution_engine> engine;
  std::optional<stored_states> states;  // of the embedded ledger; a client keeps its own
  std::optional<started_client> client; // what is behind the engine, if this node starts it
  alys::domain::aura_config aura_settings;
  alys::domain::aura_ports aura;
  alys::domain::chain_settings chain_settings;
  alys::domain::chain_ports chain;
  alys::domain::api_config api_settings;
  alys::domain::api_ports api;
};

[[nodiscard]] alys::supervisor_spec declare_tree(node_ports ports);

} // namespace alysd
