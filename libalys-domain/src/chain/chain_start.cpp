// SPDX-License-Identifier: Apache-2.0
//
// The first steps of the chain actor's life: from what the store says to an engine at the same head.
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/chain/genesis.hpp>
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/chain/spec_difference.hpp>

#include <algorithm>

namespace alys::domain {

promise<void> chain_actor::initialize() {
  promise<void> ready;
  // By way of the writer: an import that an earlier life gave to it may still be on its way to the disk.
  auto settled = ask(writer_, settle_progress{}, config().store_within);
  settled.then(
      [this, ready](const std::optional<chain_progress>& progress) {
        if (progress) load_chain(*progress, ready);
        else begin_chain(ready);
      },
      [ready](const error& e) { ready.deliver(e); });
  return ready;
}

// An empty store: the first block follows from the spec and the engine's own first block.
void chain_actor::begin_chain(promise<void> ready) {
  auto first = ask(engine_, find_genesis_payload{}, config().engine_within);
  first.then(
      [this, ready](genesis_payload&& genesis) {
        auto made = make_genesis(*ports_.spec, std::move(genesis.payload));
        if (!made) return void(ready.deliver(made.error()));
        const block_ref ref = domain::ref_to(made->header);
        import_batch batch;
        batch.contents = std::move(*made);
        batch.ref = ref;
        batch.state_changes = std::move(genesis.state_changes);
        batch.applied = {ref};
        batch.head = ref;
        batch.last_final = ref;
        auto stored = ask(writer_, commit_import{std::move(batch)}, config().store_within);
        stored.then(
            [this, ready, ref] {
              load_chain({ref.id, ref, ref, std::nullopt}, ready);
            },
            [ready](const error& e) { ready.deliver(e); });
      },
      [ready](const error& e) { ready.deliver(e); });
}

// The tree holds the blocks from the last final one to the head; there are three of them unless finality stands still.
void chain_actor::load_chain(const chain_progress& found, promise<void> ready) {
  const auto genesis = ports_.store->block_by_id(found.genesis);
  if (!genesis) return void(ready.deliver(genesis.error()));
  if (!*genesis) return void(ready.deliver(fail(store_error::damaged, "the genesis block " + to_hex(found.genesis) + " is missing")));
  if ((*genesis)->block.header.parent.content() != commitment_of(*ports_.spec).content()) {
    const auto head = ports_.store->block_by_id(found.head.id);
    if (!head) return void(ready.deliver(head.error()));
    const std::string how = differences(*ports_.spec, (*genesis)->block, *head ? (*head)->block : (*genesis)->block);
    return void(ready.deliver(fail(chain_error::other_chain, "the data folder holds another chain than the chain spec describes: " + how +
                                                                 ". Give the spec that the folder was begun with, or another folder")));
  }
  genesis_ = found.genesis;
  std::vector<block> path;
  for (block_id at = found.head.id;;) {
    auto stored = ports_.store->block_by_id(at);
    if (!stored) return void(ready.deliver(stored.error()));
    if (!*stored)
      return void(ready.deliver(fail(store_error::damaged, "block " + to_hex(at) + " is on the chain of the head and missing")));
    path.push_back(std::move((*stored)->block));
    if (at == found.last_final.id) break;
    at = path.back().header.parent;
  }
  std::ranges::reverse(path);
  tree_.emplace(domain::ref_to(path.front().header));
  for (const block& each : path) {
    const block_ref ref = domain::ref_to(each.header);
    if (ref != tree_->last_final()) {
      if (auto added = tree_->add(ref, each.header.parent); !added)
        return void(ready.deliver(fail(store_error::damaged, added.error().message())));
    }
    parents_.emplace(ref.id, parent_of(each, true));
    head_time_ = each.header.time;
  }
  std::erase_if(parents_, [this](const auto& p) { return !tree_->contains(p.first); });
  lead_engine(ready);
}

void chain_actor::lead_engine(promise<void> ready) {
  auto moved = ask(engine_, set_head{engine_view(), {engine_view().head}}, config().engine_within);
  moved.then(
      [this, ready](const forkchoice_verdict& verdict) {
        if (verdict.status != payload_status::valid)
          return void(ready.deliver(
              fail(chain_error::engine_unavailable, "the engine does not have the head: " + std::string{to_string(verdict.status)})));
        auto waiting = ports_.store->journaled();
        if (!waiting) return void(ready.deliver(waiting.error()));
        restore_pool(std::make_shared<const std::vector<journaled_transaction>>(std::move(*waiting)), 0, ready);
      },
      [ready](const error& e) { ready.deliver(e); });
}

// Gives back to the engine what was accepted in an earlier life and is in no block yet, some at a time, so that no single answer takes long.
void chain_actor::restore_pool(std::shared_ptr<const std::vector<journaled_transaction>> waiting, std::size_t from, promise<void> ready) {
  constexpr std::size_t at_once = 1'000;
  const std::size_t end = std::min(waiting->size(), from + at_once);
  if (from == end) return void(ready.deliver());
  restore_transactions some;
  for (std::size_t i = from; i < end; ++i) some.raw.push_back((*waiting)[i].raw);
  auto restored = ask(engine_, std::move(some), config().engine_within);
  restored.then(
      [this, waiting, end, ready](std::vector<hash256>&& dropped) {
        if (!dropped.empty()) send(writer_, forget_transactions{std::move(dropped)});
        restore_pool(waiting, end, ready);
      },
      [ready](const error& e) { ready.deliver(e); });
}

} // namespace alys::domain
