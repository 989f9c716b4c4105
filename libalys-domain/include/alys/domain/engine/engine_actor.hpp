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
#include <alys/domain/node/call_observer.hpp>

#include <atomic>
#include <memory>

namespace alys::domain {

class engine_actor final : public actor<engine_actor> {
public:
  using messages = accepts<begin_payload, finish_payload, find_payload_bodies, check_payload, set_head, submit_raw_transaction,
                           restore_transactions, take_dropped_transactions, find_pending_transaction, find_account, find_code, find_storage,
                           find_call_result, find_fees, find_gas, find_genesis_payload, engine_failed, engine_contact>;

  // The port outlives every incarnation: what it holds (a pool, a connection) is not lost with the actor.
  explicit engine_actor(std::shared_ptr<execution_engine> port, call_observer observe = {})
      : port_(std::move(port)), observe_(std::move(observe)) {}

  promise<payload_id> handle(const begin_payload& m);
  promise<execution_payload> handle(const finish_payload& m);
  promise<std::vector<payload_body>> handle(const find_payload_bodies& m);
  promise<payload_verdict> handle(check_payload&& m);
  promise<forkchoice_verdict> handle(const set_head& m);
  promise<hash256> handle(submit_raw_transaction&& m);
  promise<std::vector<hash256>> handle(restore_transactions&& m);
  promise<std::vector<hash256>> handle(const take_dropped_transactions& m);
  promise<transaction_ptr> handle(const find_pending_transaction& m);
  promise<account_status> handle(const find_account& m);
  promise<bytes> handle(const find_code& m);
  promise<hash256> handle(const find_storage& m);
  promise<bytes> handle(find_call_result&& m);
  promise<fee_quote> handle(const find_fees& m);
  promise<gas> handle(find_gas&& m);
  promise<genesis_payload> handle(const find_genesis_payload& m);
  result<void> handle(const engine_failed& m) { return m.what; }
  void handle(const engine_contact& m) { trouble_ = m.trouble; }

  // Degraded while an engine in another process is away; then it looks itself whether it is back, in case nobody else does.
  health_report health();

private:
  // Passes the port's answer on, and tells this actor if it is a failure.
  template <class T>
  [[nodiscard]] answer<T> pass_on(std::string_view call, promise<T> to) {
    return watched<T>(timed<T>(call, [to = std::move(to), me = self()](result<T> r) {
      if (const error e = r.error(); e.failed()) send(me, engine_failed{e});
      to.deliver(std::move(r));
    }));
  }
  // Tells this actor when the engine goes away, and when it is back.
  template <class T>
  [[nodiscard]] answer<T> watched(answer<T> done) {
    return [away = away_, me = self(), done = std::move(done)](result<T> r) {
      const bool now = client_is_away(r.error());
      if ((now || r) && away->load() != now && away->exchange(now) != now) send(me, engine_contact{r.error()});
      done(std::move(r));
    };
  }
  // Tells the observer first, if there is one. Of the outside's time, not of the tree's.
  template <class T>
  [[nodiscard]] answer<T> timed(std::string_view call, answer<T> done) const {
    if (!observe_) return done;
    return [call, observe = observe_, began = std::chrono::steady_clock::now(), done = std::move(done)](result<T> r) {
      observe({"engine", call, std::chrono::steady_clock::now() - began, r.error()});
      done(std::move(r));
    };
  }

  std::shared_ptr<execution_engine> port_;
  call_observer observe_;
  std::shared_ptr<std::atomic<bool>> away_ = std::make_shared<std::atomic<bool>>(false); // as the port's threads see it
  error trouble_; // why it is away; none: it is not, as far as is known
};

} // namespace alys::domain
