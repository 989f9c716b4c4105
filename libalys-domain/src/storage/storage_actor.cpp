// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/storage/storage_actor.hpp>

namespace alys::domain {

promise<void> storage_actor::handle(commit_import&& m) {
  if (m.after && m.after != last_) {
    promise<void> refused;
    refused.deliver(refuse(store_error::not_consistent, "the commit of " + to_hex(*m.after) + " before it did not succeed"));
    return refused;
  }
  last_ = m.batch.ref.id;
  // What queues behind the first import by the time that this message comes round rides on the same fsync.
  if (gathered_.empty()) send(self(), commit_gathered{});
  gathered_.push_back(std::move(m.batch));
  return waiting_.emplace_back();
}

result<void> storage_actor::handle(const commit_gathered&) {
  if (gathered_.empty()) return {};
  const auto batches = std::exchange(gathered_, {});
  const auto answers = std::exchange(waiting_, {});
  const auto committed = timed("commit", [&] { return store_->commit(batches); });
  if (!committed) last_.reset();
  for (const promise<void>& each : answers) each.deliver(committed);
  return committed;
}

result<void> storage_actor::handle(journal_transaction&& m) {
  return timed("journal", [&] { return store_->journal(m.transaction); });
}

result<void> storage_actor::handle(const forget_transactions& m) {
  for (const hash256& hash : m.hashes) {
    if (auto forgotten = timed("forget", [&] { return store_->forget(hash); }); !forgotten) return forgotten;
  }
  return {};
}

result<std::optional<chain_progress>> storage_actor::handle(const settle_progress&) {
  if (auto written = handle(commit_gathered{}); !written) return written.error();
  return store_->progress();
}

} // namespace alys::domain
