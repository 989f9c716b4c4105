// SPDX-License-Identifier: Apache-2.0
//
// The execution engine that the suite runs against, each time on a chain of its own: the embedded ledger, or the client that
// ALYS_ENGINE (ethereumjs, geth) and ALYS_ENGINE_PROGRAM name. on_client.sh sets both.
#pragma once

#include "support/domain/memory_source.hpp"
#include "support/domain/wallet.hpp"
#include "support/temporary_folder.hpp"

#include <alys/domain/client/execution_client.hpp>
#include <alys/domain/engine/embedded_ledger.hpp>

#include <catch2/catch.hpp>

#include <future>
#include <memory>
#include <optional>

namespace alys::test {

namespace dom = alys::domain;

// Where the specification of the Engine API leaves a choice, or an engine does not follow it: docs/reference/engine.md has the same as a table.
struct engine_habits {
  bool takes_equal_times;       // a payload may have its parent's time
  dom::payload_status puts_off; // a payload on an unknown parent: syncing or accepted
  bool remembers_invalid;       // a child of an invalid payload is invalid too, with the last valid ancestor; else it is put off
  bool fills_at_once;           // a payload that is fetched at once holds what waits in the pool
  bool goes_back;               // to an ancestor of the head; else it stays, and says that all is well
  bool reads_abandoned;         // a block that is no ancestor of the head can be read at by its hash
  bool estimates_unpayable;     // the gas of a transfer that its sender cannot pay
  bool keeps_blocks;            // and tells their bodies; else that is left to whoever asks
  bool has_prague;              // else it refuses a chain that will have it
};

// What a call answers, waited for.
template <class T, class Call>
[[nodiscard]] result<T> answer_of(Call call) {
  std::promise<result<T>> answered;
  auto answer = answered.get_future();
  call(dom::answer<T>{[&](result<T> r) { answered.set_value(std::move(r)); }});
  return answer.get();
}

class engine_under_test {
public:
  static constexpr dom::unix_seconds genesis_time{1'700'000'000};

  // Its head is the genesis block, in which wallet 1 is rich.
  explicit engine_under_test(const dom::execution_forks& = {});
  ~engine_under_test();
  engine_under_test(const engine_under_test&) = delete;
  engine_under_test& operator=(const engine_under_test&) = delete;

  // ---- the port's calls, with the answer waited for ----
  [[nodiscard]] result<dom::genesis_payload> genesis();
  [[nodiscard]] result<dom::forkchoice_verdict> move(const dom::forkchoice_state& to, std::optional<dom::payload_attributes> with = {});
  [[nodiscard]] result<dom::execution_payload> fetch(const dom::payload_id&);
  [[nodiscard]] result<std::vector<dom::payload_body>> bodies(dom::block_height first, std::size_t most);
  [[nodiscard]] result<dom::payload_verdict> check(const dom::execution_payload&);
  [[nodiscard]] result<dom::hash256> submit(const dom::transaction_ptr&);
  [[nodiscard]] result<dom::transaction_ptr> waiting(const dom::hash256&);
  [[nodiscard]] result<std::vector<dom::hash256>> restore(std::vector<dom::bytes> raw);
  [[nodiscard]] result<std::vector<dom::hash256>> take_dropped();
  [[nodiscard]] result<dom::pool_counts> pool();
  [[nodiscard]] result<dom::account_status> account(const dom::address&, const dom::block_selector& = dom::block_tag::latest);
  [[nodiscard]] result<dom::bytes> code(const dom::address&, const dom::block_selector& = dom::block_tag::latest);
  [[nodiscard]] result<dom::fee_quote> fees();
  [[nodiscard]] result<dom::gas> gas_for(const dom::call_request&);

  // ---- what tests often do ----
  // Block 0.
  [[nodiscard]] const dom::execution_payload& first() const noexcept { return first_; }
  // A payload on block 0 that another node has made, with so many transfers of wallet 1.
  [[nodiscard]] dom::execution_payload made_elsewhere(std::size_t transactions) const;
  // What a payload on top of this one may have.
  [[nodiscard]] static dom::payload_attributes after(const dom::execution_payload& parent, std::uint64_t seconds = 1);
  // A payload on this block, which becomes the head; not checked yet.
  [[nodiscard]] dom::execution_payload build(const dom::execution_payload& parent, const dom::payload_attributes&);
  // One that holds so many transactions: engines fill a payload while it waits, and only the first look counts.
  [[nodiscard]] dom::execution_payload build_with(std::size_t transactions, const dom::execution_payload& parent);
  // Checks a payload and makes it the head.
  void adopt(const dom::execution_payload&);
  // Builds on this block, and adopts.
  [[nodiscard]] dom::execution_payload extend(const dom::execution_payload& parent, std::uint64_t seconds = 1);

  [[nodiscard]] const engine_habits& habits() const noexcept { return habits_; }
  [[nodiscard]] static engine_habits chosen_habits();

  // ---- its life ----
  // Stops and starts it; whoever talks to a client need not notice. The ledger begins anew on what the store has.
  void restart();
  // The same without a word: kill -9.
  void kill();
  // Where a client is found. The ledger is nowhere: throws std::logic_error.
  [[nodiscard]] dom::client_endpoints ends() const;

private:
  class client;

  void connect();
  void wait_for_answers();
  engine_habits habits_;
  dom::ledger_options chain_;       // what it runs
  dom::test::memory_source states_; // what the node's store has of the ledger
  std::unique_ptr<client> client_;  // none: the ledger
  std::shared_ptr<dom::execution_engine> engine_;
  dom::execution_payload first_;
};

// With the hash that its fields make.
[[nodiscard]] dom::execution_payload rehashed(dom::execution_payload);

} // namespace alys::test

// An answer that is an error shows it.
template <class T>
struct Catch::StringMaker<alys::result<T>> {
  static std::string convert(const alys::result<T>& r) { return r ? "an answer" : r.error().message(); }
};
