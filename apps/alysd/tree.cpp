// SPDX-License-Identifier: Apache-2.0
#include "tree.hpp"

#include <alys/domain/chain/chain_decisions.hpp>
#include <alys/domain/node/node_decisions.hpp>
#include <alys/domain/storage/storage_decisions.hpp>

namespace alysd {

using namespace alys::domain;
using namespace std::chrono_literals;

alys::supervisor_spec declare_tree(node_ports ports) {
  const alys::child_options patient{.restart = alys::backoff{.initial = 50ms, .cap = 5s}};
  alys::supervisor_spec root{"root", alys::one_for_one{.restarts = 5, .within = 60s}, {.decisions = node_decisions}};

  auto& storage = root.supervisor("storage", alys::rest_for_one{.restarts = 5, .within = 60s}, {.decisions = storage_decisions});
  auto writer = storage.child<storage_actor>("writer", {}, {.own_thread = true}, ports.store);
  auto database = storage.child<chain_database_actor>("chain_database", {}, {}, ports.store);

  auto& chain =
      root.supervisor("chain", alys::rest_for_one{.restarts = 10, .within = 60s}, {.decisions = chain_decisions, .after = {"storage"}});
  auto remote = patient; // what it is unhealthy about lies outside: to restart it, and the chain after it, mends nothing
  remote.health.unhealthy_in_a_row = 0;
  auto engine = chain.child<engine_actor>("engine", {}, remote, ports.engine);
  auto aura = chain.child<aura_actor>("aura", ports.aura_settings, {}, ports.aura);
  auto blocks = chain.child<chain_actor>("chain", ports.chain_settings, patient, ports.chain, engine, aura, writer);

  auto& api = root.supervisor("api", alys::one_for_one{.restarts = 10, .within = 60s}, {.critical = false, .after = {"chain"}});
  api.child<api_actor>("http", ports.api_settings, patient, ports.api, blocks, database);
  return root;
}

} // namespace alysd
