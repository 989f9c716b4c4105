// SPDX-License-Identifier: Apache-2.0
//
// The first steps of the chain actor's life: from what the store says to an engine at the same head.
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/chain/genesis.hpp>
#include <alys/domain/chain/identity.hpp>
#include <alys/domain/chain/spec_difference.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <algorithm>

namespace alys::domain {
namespace {

// Of what an engine has beyond the store. As many blocks as one answer may hold, be they as full as they can be.
constexpr std::uint64_t bodies_at_once = 4;
constexpr std::size_t most_recovered = 10'000; // transactions, and those of the block in which they are reached
constexpr std::chrono::seconds recover_within{2};

} // namespace

task<result<void>> chain_actor::initialize() {
  // By way of the writer: an import that an earlier life gave to it may still be on its way to the disk.
  auto settled = ask(writer_, settle_progress{}, config().store_within);
  std::optional<chain_progress> progress = co_await settled.or_return();
  if (!progress) progress = co_await begin_chain().or_return();
  if (auto loaded = load_chain(*progress); !loaded) co_return loaded;
  const bool engine_was_ahead = co_await recover_transactions().or_return();
  co_await lead_engine().or_return();
  const bool engine_is_level = !engine_was_ahead || co_await turn_engine_back().or_return();
  // One that stays ahead would call what it has in its blocks used up. The journal keeps it until a start at which the engine can take it.
  if (engine_is_level) co_return co_await restore_pool();
  co_return {};
}

// An empty store: the first block follows from the spec and the engine's own first block.
task<chain_progress> chain_actor::begin_chain() {
  auto asked = ask(engine_, find_genesis_payload{}, config().engine_within);
  genesis_payload first = co_await asked.or_return();
  auto made = make_genesis(*ports_.spec, std::move(first.payload));
  if (!made) co_return made.error();
  const block_ref ref = domain::ref_to(made->header);
  import_batch batch;
  batch.contents = std::move(*made);
  batch.ref = ref;
  batch.state_changes = std::move(first.state_changes);
  batch.applied = {ref};
  batch.head = ref;
  batch.last_final = ref;
  auto stored = ask(writer_, commit_import{std::move(batch)}, config().store_within);
  co_await stored.or_return();
  co_return chain_progress{ref.id, ref, ref, std::nullopt};
}

// The tree holds the blocks from the last final one to the head; there are three of them unless finality stands still.
result<void> chain_actor::load_chain(const chain_progress& found) {
  const auto genesis = ports_.store->block_by_id(found.genesis);
  if (!genesis) return genesis.error();
  if (!*genesis) return fail(store_error::damaged, "the genesis block " + to_hex(found.genesis) + " is missing");
  if ((*genesis)->block.header.parent.content() != commitment_of(*ports_.spec).content()) {
    const auto head = ports_.store->block_by_id(found.head.id);
    if (!head) return head.error();
    const std::string how = differences(*ports_.spec, (*genesis)->block, *head ? (*head)->block : (*genesis)->block);
    return fail(chain_error::other_chain, "the data folder holds another chain than the chain spec describes: " + how +
                                              ". Give the spec that the folder was begun with, or another folder");
  }
  genesis_ = found.genesis;
  std::vector<block> path;
  for (block_id at = found.head.id;;) {
    auto stored = ports_.store->block_by_id(at);
    if (!stored) return stored.error();
    if (!*stored) return fail(store_error::damaged, "block " + to_hex(at) + " is on the chain of the head and missing");
    path.push_back(std::move((*stored)->block));
    if (at == found.last_final.id) break;
    at = path.back().header.parent;
  }
  std::ranges::reverse(path);
  tree_.emplace(domain::ref_to(path.front().header));
  for (const block& each : path) {
    const block_ref ref = domain::ref_to(each.header);
    if (ref != tree_->last_final()) {
      if (auto added = tree_->add(ref, each.header.parent); !added) return fail(store_error::damaged, added.error().message());
    }
    parents_.emplace(ref.id, parent_of(each, true));
  }
  std::erase_if(parents_, [this](const auto& p) { return !tree_->contains(p.first); });
  ahead_ = tree_;
  return {};
}

// A store that is an older copy lacks blocks that the engine may have yet. Without seals they are no blocks of this chain, but what they hold
// was accepted once: it waits again, as after a reorganisation. True: the engine has blocks above the head.
task<bool> chain_actor::recover_transactions() {
  const std::chrono::nanoseconds until = now() + recover_within;
  const block_height first = tree_->head().height + 1;
  block_height next = first;
  std::size_t recovered = 0;
  for (bool more = true; more;) {
    auto asked = ask(engine_, find_payload_bodies{next, bodies_at_once}, recover_within);
    const auto bodies = co_await asked;
    if (bodies.error().failed()) co_return bodies.error();
    if (!bodies) break; // it is away, or does not tell
    for (const payload_body& each : *bodies) {
      for (const bytes& raw : each.transactions) {
        auto written = ask(writer_, journal_transaction{{keccak256(raw), raw}}, config().store_within);
        co_await written.or_return();
      }
      recovered += each.transactions.size();
    }
    next = next + bodies->size();
    more = bodies->size() == bodies_at_once && recovered < most_recovered && now() < until;
  }
  co_return next > first;
}

task<result<void>> chain_actor::lead_engine() {
  const forkchoice_state view = engine_view();
  auto moving = ask(engine_, set_head{view, {view.head}}, config().engine_within);
  const auto verdict = co_await moving;
  if (client_is_away(verdict.error())) co_return {}; // the chain can be read, and every later call leads the client here once it is back
  if (!verdict) co_return verdict.error();
  if (verdict->status == payload_status::valid) co_return {};
  co_return fail(chain_error::engine_unavailable, "the engine does not have the head: " + std::string{to_string(verdict->status)});
}

// By a wish for a payload, which nobody fetches: an engine may stay where it is when it is only told of an ancestor. False: it stays.
task<bool> chain_actor::turn_engine_back() {
  const block_ref head = tree_->head();
  auto turning = ask(engine_, begin_payload{engine_view(), attributes_of(head.slot + 1, head)}, config().engine_within);
  const auto begun = co_await turning;
  if (begun.error().failed()) co_return begun.error();
  co_return begun.has_value();
}

// Gives back to the engine what was accepted in an earlier life and is in no block yet, some at a time, so that no single answer takes long.
task<result<void>> chain_actor::restore_pool() {
  constexpr std::size_t at_once = 1'000;
  auto waiting = ports_.store->journaled();
  if (!waiting) co_return waiting.error();
  for (std::size_t from = 0; from < waiting->size(); from += at_once) {
    const std::size_t end = std::min(waiting->size(), from + at_once);
    restore_transactions some;
    for (std::size_t i = from; i < end; ++i) some.raw.push_back((*waiting)[i].raw);
    auto restored = ask(engine_, std::move(some), config().engine_within);
    std::vector<hash256> dropped = co_await restored.or_return();
    if (!dropped.empty()) send(writer_, forget_transactions{std::move(dropped)});
  }
  co_return {};
}

} // namespace alys::domain
