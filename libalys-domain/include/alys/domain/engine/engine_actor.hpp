// SPDX-License-Identifier: Apache-2.0
//
// The engine actor: the one caller of the execution engine's port. Answers come when the port gives them, from whatever thread; a failure
// of the port is this actor's failure, so that its supervisor decides what becomes of the engine.
//
// ```cpp
// inline alys::ref<alys::domain::engine_actor> declare(alys::supervisor_spec& chain, std::shared_ptr<alys::domain::execution_engine> port) {
//   return chain.child<alys::domain::engine_actor>("engine", {}, {}, std::move(port));
// }
// ```
#pragma once

#include <alys/actors.hpp>
#include <alys/domain/engine/engine_messages.hpp>

namespace alys::domain {

class engine_actor final : public actor<engine_actor> {
public:
  using messages =
      accepts<build_payload_on, check_payload, set_head, submit_raw_transaction, restore_transactions, take_dropped_transactions,
              find_pending_transaction, find_account, find_fees, find_gas, find_genesis_payload, engine_failed>;

  // The port outlives every incarnation: what it holds (a pool, a connection) is not lost with the actor.
  explicit engine_actor(std::shared_ptr<execution_engine> port) : port_(std::move(port)) {}

  promise<execution_payload> handle(const build_payload_on& m);
  promise<payload_verdict> handle(check_payload&& m);
  promise<forkchoice_verdict> handle(const set_head& m);
  promise<hash256> handle(submit_raw_transaction&& m);
  promise<std::vector<hash256>> handle(restore_transactions&& m);
  promise<std::vector<hash256>> handle(const take_dropped_transactions& m);
  promise<transaction_ptr> handle(const find_pending_transaction& m);
  promise<account_status> handle(const find_account& m);
  promise<fee_quote> handle(const find_fees& m);
  promise<gas> handle(find_gas&& m);
  promise<genesis_payload> handle(const find_genesis_payload& m);
  result<void> handle(const engine_failed& m) { return m.what; }

private:
  // Passes the port's answer on, and tells this actor if it is a failure.
  template <class T>
  [[nodiscard]] answer<T> pass_on(promise<T> to) {
    return [to = std::move(to), me = self()](result<T> r) {
      if (const error e = r.error(); e.failed()) send(me, engine_failed{e});
      to.deliver(std::move(r));
    };
  }

  std::shared_ptr<execution_engine> port_;
};

} // namespace alys::domain
