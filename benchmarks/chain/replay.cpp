// SPDX-License-Identifier: Apache-2.0
#include "replay.hpp"

#include "import_log.hpp"
#include "integration/node/block_maker.hpp"
#include "measure.hpp"
#include "support/temporary_folder.hpp"
#include "wallets.hpp"

#include <alys/actors.hpp>
#include <alys/domain/aura/aura_actor.hpp>
#include <alys/domain/engine/transaction_signing.hpp>
#include <alys/domain/storage/leveldb_store.hpp>

#include <future>
#include <stdexcept>

namespace bench {

using namespace alys::domain;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t block_count = 400;
constexpr std::size_t transfers_a_block = 10;
constexpr std::size_t sender_count = 8;
constexpr std::size_t under_way = 32; // imports that wait for their answers

struct begin_import {
  std::shared_ptr<const std::vector<block>> blocks;
};
ALYS_MESSAGE(begin_import, blocks)

// Offers block after block, in their order and some at a time, as a peer does from which a node catches up.
class importer final : public alys::actor<importer> {
public:
  using messages = alys::accepts<begin_import>;
  using asks = alys::to<chain_actor>;
  importer(alys::ref<chain_actor> chain, std::shared_ptr<std::promise<void>> end) : chain_(std::move(chain)), end_(std::move(end)) {}

  void handle(const begin_import& m) {
    blocks_ = m.blocks;
    for (std::size_t i = 0; i < under_way; ++i) offer_next();
  }

private:
  void offer_next() {
    if (next_ == blocks_->size()) return;
    auto offered = ask(chain_, import_block{(*blocks_)[next_++]}, 60s);
    offered.then([this](const alys::result<block_ref>& imported) {
      if (!imported) return end_->set_exception(std::make_exception_ptr(std::runtime_error(imported.error().message())));
      if (++imported_ == blocks_->size()) return end_->set_value();
      offer_next();
    });
  }

  alys::ref<chain_actor> chain_;
  std::shared_ptr<std::promise<void>> end_;
  std::shared_ptr<const std::vector<block>> blocks_;
  std::size_t next_ = 0;
  std::size_t imported_ = 0;
};

struct made_chain {
  chain_spec spec;
  std::shared_ptr<const std::vector<block>> blocks;
};

// The same for every repetition.
[[nodiscard]] made_chain make_chain() {
  const std::vector<wallet> senders = make_wallets("replayed", sender_count, block_count * transfers_a_block / sender_count);
  chain_spec spec = dev_spec(2s);
  for (const wallet& each : senders) spec.accounts.push_back({each.address, wei{1'000} * wei_per_gwei * wei_per_gwei});
  std::ranges::sort(spec.accounts, {}, &genesis_account::address);
  alys::test::block_maker maker(spec);
  std::vector<block> blocks;
  const block* parent = &maker.genesis;
  std::size_t sent = 0;
  for (std::size_t i = 0; i < block_count; ++i) {
    std::vector<transaction_ptr> transfers;
    for (std::size_t t = 0; t < transfers_a_block; ++t, ++sent)
      transfers.push_back(recover_transaction(senders[sent % sender_count].transfers[sent / sender_count].raw).value());
    blocks.push_back(maker.on(*parent, slot{850'000'000 + i}, transfers));
    if (blocks.back().payload.transactions.size() != transfers_a_block) throw std::runtime_error("a block lacks transfers");
    parent = &blocks.back();
  }
  return {std::move(spec), std::make_shared<const std::vector<block>>(std::move(blocks))};
}

} // namespace

void measure_replay(figures& into, import_stages& stages) {
  static const made_chain chain = make_chain();
  const alys::test::temporary_folder folder;
  const auto spec = std::make_shared<const chain_spec>(chain.spec);
  // So few that most of the blocks prune a state, as they do in a node that has worked for a while.
  const std::shared_ptr<leveldb_store> store = leveldb_store::open(folder.path(), {.keep_states = 64}).value();
  const auto log = std::make_shared<import_log>();
  const auto engine_port =
      std::make_shared<embedded_ledger>(ledger_options{.chain_id = spec->chain_id, .genesis = execution_genesis_of(*spec)}, *store);
  const auto wall_clock = [] { return to_unix(std::chrono::system_clock::now()); };

  alys::supervisor_spec root{"root"};
  auto writer = root.child<storage_actor>("writer", {}, {.own_thread = true}, store);
  auto engine = root.child<engine_actor>("engine", {}, {}, engine_port);
  auto aura = root.child<aura_actor>("aura", {.slot_duration = spec->slot_duration, .authorities = 1}, {},
                                     aura_ports{nullptr, wall_clock, [] { return std::optional<vote_lock>{}; }});
  auto chain_ref = root.child<chain_actor>("chain", {.fee_recipient = dev_account}, {},
                                           chain_ports{spec, store, log, wall_clock, authority_index{0}}, engine, aura, writer);
  const auto end = std::make_shared<std::promise<void>>();
  auto importing = root.child<importer>("importer", {}, {}, chain_ref, end);
  auto system = alys::system::start(std::move(root), {.log = alys::log_to_nowhere()});

  auto ended = end->get_future();
  const nanoseconds begun = clock_now();
  send(importing, begin_import{chain.blocks});
  ended.get();
  const double took = in_seconds(clock_now() - begun);
  into["blocks_per_s"].push_back(static_cast<double>(block_count) / took);
  for (const imported_block& each : log->imports()) {
    stages.check.push_back(in_microseconds(each.checked) / 1e3);
    stages.execute.push_back(in_microseconds(each.executed - each.checked) / 1e3);
    stages.commit.push_back(in_microseconds(each.took - each.executed) / 1e3);
  }
}

} // namespace bench
