// SPDX-License-Identifier: Apache-2.0
//
// The node's tree of actors: everything that runs, on one screen (tree.cpp).
#pragma once

#include <alys/actors.hpp>
#include <alys/domain/api/api_actor.hpp>
#include <alys/domain/aura/aura_actor.hpp>
#include <alys/domain/chain/chain_actor.hpp>

namespace alysd {

// What the actors need of the outside.
struct node_ports {
  std::shared_ptr<alys::domain::chain_store> store;
  std::shared_ptr<alys::domain::execution_engine> engine;
  alys::domain::aura_config aura_settings;
  alys::domain::aura_ports aura;
  alys::domain::chain_settings chain_settings;
  alys::domain::chain_ports chain;
  alys::domain::api_config api_settings;
  alys::domain::api_ports api;
};

[[nodiscard]] alys::supervisor_spec declare_tree(node_ports ports);

} // namespace alysd
