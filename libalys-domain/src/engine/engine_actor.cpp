// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/engine/engine_actor.hpp>

namespace alys::domain {

promise<payload_id> engine_actor::handle(const begin_payload& m) {
  promise<payload_id> begun;
  auto done = pass_on("begin_payload", begun);
  port_->fork_choice_updated(m.state, m.attributes, [done = std::move(done)](result<forkchoice_verdict> verdict) {
    if (!verdict) return done(verdict.error());
    if (verdict->status != payload_status::valid || !verdict->payload)
      return done(
          refuse(engine_error::unknown_payload, "the engine does not build on this head: " + std::string{to_string(verdict->status)}));
    done(*verdict->payload);
  });
  return begun;
}

promise<execution_payload> engine_actor::handle(const finish_payload& m) {
  promise<execution_payload> built;
  port_->get_payload(m.id, pass_on("get_payload", built));
  return built;
}

promise<std::vector<payload_body>> engine_actor::handle(const find_payload_bodies& m) {
  promise<std::vector<payload_body>> found;
  port_->payload_bodies(m.first, m.most, pass_on("payload_bodies", found));
  return found;
}

promise<payload_verdict> engine_actor::handle(check_payload&& m) {
  promise<payload_verdict> checked;
  port_->new_payload(std::move(m.payload), pass_on("new_payload", checked));
  return checked;
}

promise<forkchoice_verdict> engine_actor::handle(const set_head& m) {
  promise<forkchoice_verdict> updated;
  for (const hash256& block : m.committed) port_->state_committed(block);
  port_->fork_choice_updated(m.state, std::nullopt, pass_on("fork_choice_updated", updated));
  return updated;
}

promise<hash256> engine_actor::handle(submit_raw_transaction&& m) {
  promise<hash256> accepted;
  port_->submit_transaction(std::move(m.raw), pass_on("submit_transaction", accepted));
  return accepted;
}

promise<std::vector<hash256>> engine_actor::handle(restore_transactions&& m) {
  promise<std::vector<hash256>> restored;
  port_->restore_transactions(std::move(m.raw), pass_on("restore_transactions", restored));
  return restored;
}

promise<std::vector<hash256>> engine_actor::handle(const take_dropped_transactions&) {
  promise<std::vector<hash256>> dropped;
  port_->take_dropped_transactions(pass_on("take_dropped_transactions", dropped));
  return dropped;
}

promise<transaction_ptr> engine_actor::handle(const find_pending_transaction& m) {
  promise<transaction_ptr> found;
  port_->pending_transaction(m.hash, pass_on("pending_transaction", found));
  return found;
}

promise<account_status> engine_actor::handle(const find_account& m) {
  promise<account_status> found;
  port_->account_at(m.who, m.block, pass_on("account_at", found));
  return found;
}

promise<bytes> engine_actor::handle(const find_code& m) {
  promise<bytes> found;
  port_->code_at(m.who, m.block, pass_on("code_at", found));
  return found;
}

promise<hash256> engine_actor::handle(const find_storage& m) {
  promise<hash256> found;
  port_->storage_at(m.who, m.key, m.block, pass_on("storage_at", found));
  return found;
}

promise<bytes> engine_actor::handle(find_call_result&& m) {
  promise<bytes> found;
  port_->call(std::move(m.call), m.block, pass_on("call", found));
  return found;
}

promise<fee_quote> engine_actor::handle(const find_fees&) {
  promise<fee_quote> found;
  port_->quote_fees(pass_on("quote_fees", found));
  return found;
}

promise<gas> engine_actor::handle(find_gas&& m) {
  promise<gas> found;
  port_->estimate_gas(std::move(m.call), pass_on("estimate_gas", found));
  return found;
}

health_report engine_actor::health() {
  if (!trouble_) return {};
  port_->genesis(watched<genesis_payload>([](const result<genesis_payload>&) {}));
  return {health_state::degraded, "the execution client is away: " + trouble_.text()};
}

promise<genesis_payload> engine_actor::handle(const find_genesis_payload&) {
  promise<genesis_payload> found;
  port_->genesis(pass_on("genesis", found));
  return found;
}

} // namespace alys::domain
