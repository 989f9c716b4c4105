// SPDX-License-Identifier: Apache-2.0
//
// Each query: whom to ask, and how the answer is put together.
#include <alys/domain/api/api_actor.hpp>
#include <alys/domain/api/rpc_format.hpp>

namespace alys::domain {

void api_actor::carry_out(const status_query& q, done then) {
  using form = status_query::form;
  const bool fixed = q.as == form::chain_id || q.as == form::network_version || q.as == form::client_version;
  if (fixed) return then(format(q, ports_.fixed)); // wallets ask for these all the time
  auto head = ask(chain_, find_head{}, config().answer_within);
  head.then(
      [this, q, then](const chain_head& found) {
        node_status status = ports_.fixed;
        status.genesis = found.genesis;
        status.head = found.head;
        status.head_time = found.head_time;
        status.head_payload = found.head_payload;
        status.last_final = found.last_final;
        status.state = found.state;
        if (found.gap) status.sync = sync_progress{found.gap->start, found.head.height, found.gap->highest};
        then(format(q, status));
      },
      [then](const error& e) { then(e); });
}

void api_actor::carry_out(const fee_query& q, done then) {
  auto fees = ask(chain_, find_fees{}, config().answer_within);
  fees.then([q, then](const fee_quote& found) { then(format(q, found)); }, [then](const error& e) { then(e); });
}

// Asks about the state of a block, once it is known as the engine names it.
template <class Make, class Query>
void api_actor::ask_at(const rpc_block& block, Make make, const Query& q, done then) {
  const auto with = [this, make, q, then](const block_selector& at) {
    auto found = ask(chain_, make(at), config().answer_within);
    found.then([q, then](const auto& value) { then(format(q, value)); }, [this, at, then](const error& e) { explain(at, e, then); });
  };
  if (const auto* tag = std::get_if<block_tag>(&block)) return with(*tag);
  if (const auto* hash = std::get_if<hash256>(&block)) return with(*hash);
  resolve(block, [with, then](const result<stored_block_ptr>& found) {
    if (!found) then(found.error());
    else if (!*found) then(refuse(engine_error::unknown_block, "header not found"));
    else with((*found)->block.payload.block_hash);
  });
}

// The ledger knows a past block by its state, and one whose state is not kept is unknown to it. Whoever reads the states can tell.
void api_actor::explain(const block_selector& at, const error& why, done then) {
  const auto* hash = std::get_if<hash256>(&at);
  if (!states_ || hash == nullptr || why != engine_error::unknown_block) return then(why);
  auto asked = ask(states_, find_stored_account{address{}, *hash}, config().answer_within);
  asked.then([why, then](const account&) { then(why); }, [why, then](const error& e) { then(e == engine_error::unknown_block ? why : e); });
}

void api_actor::carry_out(const account_query& q, done then) {
  const auto* tag = std::get_if<block_tag>(&q.block);
  const bool newest = tag != nullptr && (*tag == block_tag::latest || *tag == block_tag::pending);
  if (states_ && !newest) return read_stored(q, std::move(then));
  ask_at(
      q.block,
      [q](const block_selector& at) {
        return find_account{q.who, at};
      },
      q, std::move(then));
}

void api_actor::read_stored(const account_query& q, done then) {
  name_of(q.block, [this, q, then](const result<block_name>& name) {
    if (!name) return then(name.error());
    auto stored = ask(states_, find_stored_account{q.who, *name}, config().answer_within);
    stored.then(
        [q, then](const account& found) {
          then(format(q, account_status{.balance = found.balance, .nonce = found.nonce, .pending_nonce = found.nonce}));
        },
        [then](const error& e) { then(e); });
  });
}

void api_actor::carry_out(const code_query& q, done then) {
  ask_at(
      q.block,
      [q](const block_selector& at) {
        return find_code{q.who, at};
      },
      q, std::move(then));
}

void api_actor::carry_out(const storage_query& q, done then) {
  ask_at(
      q.block,
      [q](const block_selector& at) {
        return find_storage{q.who, q.key, at};
      },
      q, std::move(then));
}

void api_actor::carry_out(const call_query& q, done then) {
  ask_at(
      q.block,
      [q](const block_selector& at) {
        return find_call_result{q.call, at};
      },
      q, std::move(then));
}

void api_actor::carry_out(const block_query& q, done then) {
  resolve(q.block, [q, then](const result<stored_block_ptr>& found) {
    if (!found) then(found.error());
    else then(format(q, found->get()));
  });
}

void api_actor::carry_out(const transaction_query& q, done then) {
  auto included = ask(database_, find_transaction{q.hash}, config().answer_within);
  included.then(
      [this, q, then](std::optional<located_transaction>&& place) {
        if (place) return then(format(q, found_transaction{transaction_in(*place->block, place->index)}));
        auto pending = ask(chain_, find_pending_transaction{q.hash}, config().answer_within);
        pending.then(
            [q, then](transaction_ptr waiting) { then(format(q, waiting ? found_transaction{std::move(waiting)} : found_transaction{})); },
            [then](const error& e) { then(e); });
      },
      [then](const error& e) { then(e); });
}

void api_actor::carry_out(const submit_query& q, done then) {
  auto submitted = ask(chain_, submit_raw_transaction{q.raw}, config().answer_within);
  submitted.then([q, then](const hash256& hash) { then(format(q, hash)); }, [then](const error& e) { then(e); });
}

void api_actor::carry_out(const estimate_query& q, done then) {
  auto estimated = ask(chain_, find_gas{q.call}, config().answer_within);
  estimated.then([q, then](gas found) { then(format(q, found)); }, [then](const error& e) { then(e); });
}

// The blocks of a fee history, collected from the newest to the oldest.
struct api_actor::history {
  fee_history_query query;
  done then;
  std::vector<stored_block_ptr> blocks; // newest first
};

void api_actor::carry_out(const fee_history_query& q, done then) {
  auto so_far = std::make_shared<history>(history{q, std::move(then), {}});
  resolve(q.newest, [this, so_far](const result<stored_block_ptr>& found) {
    if (!found) return so_far->then(found.error());
    if (!*found) return so_far->then(refuse(engine_error::unknown_block, "header not found"));
    so_far->blocks.push_back(*found);
    collect(so_far);
  });
}

void api_actor::collect(std::shared_ptr<history> so_far) {
  const block_header& oldest = so_far->blocks.back()->block.header;
  if (so_far->blocks.size() >= so_far->query.count || oldest.height.value() == 0) {
    std::reverse(so_far->blocks.begin(), so_far->blocks.end());
    return so_far->then(format(so_far->query, so_far->blocks));
  }
  resolve(oldest.parent, [this, so_far](const result<stored_block_ptr>& found) {
    if (!found) return so_far->then(found.error());
    if (!*found) return so_far->then(refuse(engine_error::unknown_block, "header not found"));
    so_far->blocks.push_back(*found);
    collect(so_far);
  });
}

void api_actor::carry_out(const reload_query&, const done& then) const {
  const auto asked = ports_.control->reload_config();
  then(asked ? json_text{"true"} : json_text{asked.error()});
}

void api_actor::carry_out(const backup_query& q, done then) {
  if (!backups_)
    return then(refuse(backup_refusal::not_configured,
                       "this node makes no backups: storage.backups in its configuration must name a folder for them"));
  auto made = ask(backups_, create_backup{q.name}, config().answer_within);
  made.then([q, then](const made_backup& backup) { then(format(q, backup)); },
            [then](const error& e) {
              if (e != errc::deadline) return then(e);
              then(refuse(backup_refusal::goes_on,
                          "the backup takes longer than api.request_timeout, and goes on; its folder has its name when it is whole"));
            });
}

void api_actor::carry_out(const fault_query& q, const done& then) const {
  const auto injected = ports_.control->inject_fault(
      q.path, q.how == fault_query::kind::exception ? injected_failure::exception : injected_failure::returned);
  if (injected) then(std::string{"true"});
  else then(injected.error());
}

void api_actor::carry_out(const chaos_query& q, const done& then) const {
  if (q.as == chaos_query::form::inject) {
    if (const auto begun = ports_.control->inject_chaos(q.seed, q.rules); !begun) return then(begun.error());
  } else if (q.as == chaos_query::form::stop) {
    ports_.control->stop_chaos();
  }
  then(ports_.control->chaos());
}

void api_actor::name_of(const rpc_block& block, std::function<void(const result<block_name>&)> then) {
  if (const auto* id = std::get_if<block_id>(&block)) return then(block_name{*id});
  if (const auto* height = std::get_if<block_height>(&block)) return then(block_name{*height});
  if (const auto* hash = std::get_if<hash256>(&block)) return then(block_name{*hash});
  const block_tag tag = std::get<block_tag>(block);
  if (tag == block_tag::earliest) return then(block_name{block_height{0}});
  auto head = ask(chain_, find_head{}, config().answer_within);
  head.then(
      [then, tag](const chain_head& h) {
        then(block_name{tag == block_tag::safe || tag == block_tag::finalized ? h.last_final.id : h.head.id});
      },
      [then](const error& e) { then(e); });
}

void api_actor::resolve(const rpc_block& block, std::function<void(const result<stored_block_ptr>&)> then) {
  name_of(block, [this, then](const result<block_name>& name) {
    if (!name) return then(name.error());
    auto found = ask(database_, find_block{*name}, config().answer_within);
    found.then([then](const result<stored_block_ptr>& r) { then(r); });
  });
}

} // namespace alys::domain
