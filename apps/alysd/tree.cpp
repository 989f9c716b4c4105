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

  // It may be gone for as long as it likes: the node keeps what it has, serves it, and leads the client to it once it is back.
  std::vector<std::string> before_chain{"storage"};
  if (ports.client) {
    supervise(root, "client", std::move(ports.client->process),
              {.restart = alys::backoff{.initial = 250ms, .cap = 5s},
               .breaker = alys::breaker{.failures = 3, .open_for = 10s},
               .critical = false,
               .initialize_within = ports.client->initialize_within,
               .stop_within = ports.client->stop_within});
    before_chain.emplace_back("client");
  }

  auto& storage = root.supervisor("storage", alys::rest_for_one{.restarts = 10, .within = 60s}, {.decisions = storage_decisions});
  auto writer = storage.child<storage_actor>("writer", {}, {.own_thread = true}, ports.store, ports.calls);
  auto database = storage.child<chain_database_actor>("chain_database", {}, {}, ports.store);

  alys::ref<state_database_actor> states;
  if (ports.states)
    states = storage.child<state_database_actor>("state_database", ports.states->settings, {}, ports.store, ports.states->checked);

  alys::ref<backup_actor> backup;
  if (ports.backups) backup = storage.child<backup_actor>("backup", {}, {.critical = false}, ports.backups);

  auto& chain = root.supervisor("chain", alys::rest_for_one{.restarts = 10, .within = 60s},
                                {.decisions = chain_decisions, .after = std::move(before_chain)});
  auto remote = patient; // what it is unhealthy about lies outside: to restart it, and the chain after it, mends nothing
  remote.health.unhealthy_in_a_row = 0;
  auto engine = chain.child<engine_actor>("engine", {}, remote, ports.engine, ports.calls);
  auto aura = chain.child<aura_actor>("aura", ports.aura_settings, {}, ports.aura);
  auto thorough = patient; // its start may need each answer's whole time
  thorough.initialize_within = 3 * ports.chain_settings.store_within + 4 * ports.chain_settings.engine_within;
  auto blocks = chain.child<chain_actor>("chain", ports.chain_settings, thorough, ports.chain, engine, aura, writer);

  auto& api = root.supervisor("api", alys::one_for_one{.restarts = 10, .within = 60s}, {.critical = false, .after = {"chain"}});
  api.child<api_actor>("http", ports.api_settings, patient, ports.api, blocks, database, backup, states);
  return root;
}

} // namespace alysd
