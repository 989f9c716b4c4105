// SPDX-License-Identifier: Apache-2.0
//
// The first steps of the chain actor's life: from what the store says to an engine at the same head.
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/chain/genesis.hpp>
#include <alys/domain/chain/identity.hpp>

#include <algorithm>

namespace alys::domain {

promise<void> chain_actor::initialize() {
  promise<void> ready;
  const auto progress = ports_.store->progress();
  if (!progress) ready.deliver(progress.error());
  else if (*progress) load_chain(**progress, ready);
  else begin_chain(ready);
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
  if ((*genesis)->block.header.parent.content() != commitment_of(*ports_.spec).content())
    return void(ready.deliver(fail(chain_error::other_chain, "the data folder holds another chain than the chain spec describes")));
  genesis_ = found.genesis;
  std::vector<block> path;
  for (block_id at = found.head.id;;) {
    auto stored = ports_.store->block_by_id(at);
    if (!stored) return void(ready.deliver(stored.error()));
    if (!*stored) return void(ready.deliver(fail(store_error::damaged, "block " + to_hex(at) + " is on the chain of the head and missing")));
    path.push_back(std::move((*stored)->block));
    if (at == found.last_final.id) break;
    at = path.back().header.parent;
  }
  std::ranges::reverse(path);
  tree_.emplace(domain::ref_to(path.front().header));
  for (const block& each : path) {
    const block_ref ref = domain::ref_to(each.header);
    if (ref != tree_->last_final()) {
      if (auto added = tree_->add(ref, each.header.parent); !added) return void(ready.deliver(fail(store_error::damaged, added.error().message())));
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
          return void(ready.deliver(fail(chain_error::engine_unavailable, "the engine does not have the head: " + std::string{to_string(verdict.status)})));
        return_pool();
        ready.deliver();
      },
      [ready](const error& e) { ready.deliver(e); });
}

// Transactions that were accepted in an earlier life and are in no block yet.
void chain_actor::return_pool() {
  const auto journaled = ports_.store->journaled();
  if (!journaled) throw bad_result(journaled.error());
  for (const journaled_transaction& each : *journaled) {
    auto back = ask(engine_, submit_raw_transaction{each.raw}, config().engine_within);
    back.then([this, hash = each.hash](const result<hash256>& r) {
      if (r || !r.error().refused() || r == transaction_error::already_known) return;
      send(writer_, forget_transaction{hash}); // it can no longer be included
    });
  }
}

} // namespace alys::domain
