// SPDX-License-Identifier: Apache-2.0
//
// The API actor: everything that comes in over HTTP. It decodes a call, asks the actor that knows, and formats the answer; it holds no state
// of the chain. Answers of a batch come in whatever order, and go out together.
//
// ```cpp
// inline void declare(alys::supervisor_spec& api, alys::domain::api_ports ports, alys::ref<alys::domain::chain_actor> chain,
//                     alys::ref<alys::domain::chain_database_actor> database) {
//   api.child<alys::domain::api_actor>("http", {.dev_faults = false}, {}, std::move(ports), chain, database);
// }
// ```
#pragma once

#include <alys/actors.hpp>
#include <alys/domain/api/http_messages.hpp>
#include <alys/domain/api/http_service.hpp>
#include <alys/domain/api/json_rpc.hpp>
#include <alys/domain/api/node_control.hpp>
#include <alys/domain/api/rpc_query.hpp>
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/storage/backup_actor.hpp>
#include <alys/domain/storage/chain_database_actor.hpp>
#include <alys/domain/storage/state_database_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alys::domain {

struct api_config {
  std::chrono::milliseconds answer_within{10'000}; // of the actors that are asked, more than 0
  bool dev_faults = false;                         // lets a caller make actors fail
  std::vector<std::string> host_names = {};        // names of this node that clients may use, see http_routes.hpp
  void validate(problem_list& problems) const;
};
ALYS_CONFIG(api_config, answer_within, dev_faults, host_names)

struct api_ports {
  std::shared_ptr<http_service> http; // listens from this actor's start to its end
  std::shared_ptr<node_control> control;
  node_status fixed; // what does not change while the node runs; the rest is filled in for every answer
};

class api_actor final : public actor<api_actor, api_config> {
public:
  using messages = accepts<http_call>;
  using asks = to<chain_actor, chain_database_actor, backup_actor, state_database_actor>;

  // `backups` is empty where none are configured, `states` where an execution client keeps the states.
  api_actor(api_ports ports, ref<chain_actor> chain, ref<chain_database_actor> database, ref<backup_actor> backups = {},
            ref<state_database_actor> states = {})
      : ports_(std::move(ports)),
        chain_(std::move(chain)),
        database_(std::move(database)),
        backups_(std::move(backups)),
        states_(std::move(states)) {}
  ~api_actor() override { ports_.http->stop(std::chrono::milliseconds::zero()); }

  // Begins to listen. Fails with an http_error, whose text names address and port.
  result<void> initialize();
  void stopping() { ports_.http->stop(std::chrono::milliseconds{500}); }
  void handle(http_call&& m);
  // Names and times hold from the next call on.
  result<void> prepare(const api_config&) { return {}; }

private:
  using json_text = result<std::string>;
  using done = std::function<void(json_text)>;

  void answer_rpc(http_call&& call);
  void carry_out(const known_query& q, const done& then) const { then(q.result); }
  void carry_out(const status_query& q, done then);
  void carry_out(const fee_query& q, done then);
  void carry_out(const account_query& q, done then);
  void carry_out(const code_query& q, done then);
  void carry_out(const storage_query& q, done then);
  void carry_out(const call_query& q, done then);
  void carry_out(const block_query& q, done then);
  void carry_out(const transaction_query& q, done then);
  void carry_out(const submit_query& q, done then);
  void carry_out(const estimate_query& q, done then);
  void carry_out(const fee_history_query& q, done then);
  void carry_out(const log_query& q, done then);
  void carry_out(const tree_query&, const done& then) const { then(ports_.control->tree()); }
  void carry_out(const ask_edges_query&, const done& then) const { then(ports_.control->ask_edges()); }
  void carry_out(const reloads_query&, const done& then) const { then(ports_.control->reloads()); }
  void carry_out(const reload_query&, const done& then) const;
  void carry_out(const backup_query& q, done then);
  void carry_out(const fault_query& q, const done& then) const;
  void carry_out(const chaos_query& q, const done& then) const;

  template <class Make, class Query>
  void ask_at(const rpc_block& block, Make make, const Query& q, done then);
  void explain(const block_selector& at, const error& why, done then);
  // An account at a block that is on disk.
  void read_stored(const account_query& q, done then);
  // The block that a caller means, as the databases name it.
  void name_of(const rpc_block& block, std::function<void(const result<block_name>&)> then);
  // The same, with all that is in it; nothing if there is none.
  void resolve(const rpc_block& block, std::function<void(const result<stored_block_ptr>&)> then);
  struct history;
  void collect(std::shared_ptr<history> so_far);
  struct log_search;
  void search(std::shared_ptr<log_search> so_far);

  api_ports ports_;
  ref<chain_actor> chain_;
  ref<chain_database_actor> database_;
  ref<backup_actor> backups_;
  ref<state_database_actor> states_;
};

} // namespace alys::domain
