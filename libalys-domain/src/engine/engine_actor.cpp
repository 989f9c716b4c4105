// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/engine/engine_actor.hpp>

namespace alys::domain {

promise<execution_payload> engine_actor::handle(const build_payload_on& m) {
  promise<execution_payload> built;
  auto done = pass_on(built);
  port_->fork_choice_updated(m.state, m.attributes, [port = port_, done = std::move(done)](result<forkchoice_verdict> verdict) {
    if (!verdict) return done(verdict.error());
    if (verdict->status != payload_status::valid || !verdict->payload)
      return done(
          refuse(engine_error::unknown_payload, "the engine does not build on this head: " + std::string{to_string(verdict->status)}));
    port->get_payload(*verdict->payload, done);
  });
  return built;
}

promise<payload_verdict> engine_actor::handle(check_payload&& m) {
  promise<payload_verdict> checked;
  port_->new_payload(std::move(m.payload), pass_on(checked));
  return checked;
}

promise<forkchoice_verdict> engine_actor::handle(const set_head& m) {
  promise<forkchoice_verdict> updated;
  for (const hash256& block : m.committed) port_->state_committed(block);
  port_->fork_choice_updated(m.state, std::nullopt, pass_on(updated));
  return updated;
}

promise<hash256> engine_actor::handle(submit_raw_transaction&& m) {
  promise<hash256> accepted;
  port_->submit_transaction(std::move(m.raw), pass_on(accepted));
  return accepted;
}

promise<std::vector<hash256>> engine_actor::handle(restore_transactions&& m) {
  promise<std::vector<hash256>> restored;
  port_->restore_transactions(std::move(m.raw), pass_on(restored));
  return restored;
}

promise<std::vector<hash256>> engine_actor::handle(const take_dropped_transactions&) {
  promise<std::vector<hash256>> dropped;
  port_->take_dropped_transactions(pass_on(dropped));
  return dropped;
}

promise<transaction_ptr> engine_actor::handle(const find_pending_transaction& m) {
  promise<transaction_ptr> found;
  port_->pending_transaction(m.hash, pass_on(found));
  return found;
}

promise<account_status> engine_actor::handle(const find_account& m) {
  promise<account_status> found;
  port_->account_at(m.who, m.block, pass_on(found));
  return found;
}

promise<fee_quote> engine_actor::handle(const find_fees&) {
  promise<fee_quote> found;
  port_->quote_fees(pass_on(found));
  return found;
}

promise<gas> engine_actor::handle(find_gas&& m) {
  promise<gas> found;
  port_->estimate_gas(std::move(m.call), pass_on(found));
  return found;
}

promise<genesis_payload> engine_actor::handle(const find_genesis_payload&) {
  promise<genesis_payload> found;
  port_->genesis(pass_on(found));
  return found;
}

} // namespace alys::domain
