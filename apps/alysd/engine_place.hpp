// SPDX-License-Identifier: Apache-2.0
//
// What executes a node's transactions, as its configuration says: the embedded ledger, an execution client that the node starts, or one that
// runs by itself.
#pragma once

#include "config.hpp"
#include "tree.hpp"

#include <alys/domain/chain/chain_spec.hpp>
#include <alys/domain/engine/execution_engine.hpp>
#include <alys/domain/engine/fed_engine.hpp>
#include <alys/domain/engine/ledger.hpp>
#include <alys/domain/storage/chain_store.hpp>

#include <memory>
#include <optional>
#include <string>

namespace alysd {

struct engine_place {
  std::shared_ptr<alys::domain::execution_engine> engine;
  std::optional<started_client> client;
  std::shared_ptr<const alys::domain::feed_progress> feeding; // of an execution client; null for the ledger
  std::string name;                                           // "embedded ledger", "geth", …
  std::string words;                                          // the client and where it is; empty for the ledger
};

// Fails with what cannot be seen in the configuration alone: a program or a secret that is not there, or slots that are too short.
[[nodiscard]] alys::result<void> check_engine(const node_config& config, const alys::domain::chain_spec& spec);

// `store`: must outlive the engine. Makes the folder and the secret of a client that is to be started; it starts with the tree.
[[nodiscard]] alys::result<engine_place> place_engine(const node_config& config, const alys::domain::chain_spec& spec,
                                                      std::shared_ptr<const alys::domain::chain_store> store);

} // namespace alysd
