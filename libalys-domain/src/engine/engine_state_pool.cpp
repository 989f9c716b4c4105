// SPDX-License-Identifier: Apache-2.0
//
// Transactions through an execution client: what waits there, and what is offered again.
#include "engine_state.hpp"

#include <alys/domain/engine/transaction_rules.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain::detail {
namespace {

[[nodiscard]] bool is_about_transaction(const alys::error& e) {
  return e.code().domain() == alys::code{transaction_error::malformed}.domain() || e == engine_error::client_refused;
}

// Of one that was good once.
[[nodiscard]] bool is_no_longer_good(transaction_error e) {
  return e == transaction_error::nonce_too_low || e == transaction_error::insufficient_funds ||
         e == transaction_error::replacement_underpriced;
}

} // namespace

// What the new chain holds waits no more; what only the old one held is offered to the client again, which may have lost it.
void engine_state::move_head(const hash256& to) {
  const auto from = std::exchange(head, to);
  if (!from || *from == to) return;
  waiting.included(recent.abandoned(to, *from));
  for (const auto& tx : recent.abandoned(*from, to)) submit(tx->raw, [](const alys::result<hash256>&) {});
}

// What waits is offered again to a client that was greeted since: it may be another process, whose pool is empty.
void engine_state::refill_pool() {
  if (std::exchange(filled, session.greetings()) == session.greetings()) return;
  offer(std::make_shared<std::vector<transaction_ptr>>(waiting.in_order()), 0);
}

// One after the other, as all calls have their time from when they are asked for.
void engine_state::offer(std::shared_ptr<std::vector<transaction_ptr>> all, std::size_t next) {
  if (next == all->size()) return;
  const transaction_ptr& tx = (*all)[next];
  if (!waiting.find(tx->hash)) return session.run([this, all, next] { offer(all, next + 1); });
  session.ask("eth_sendRawTransaction", one_text(to_hex(tx->raw)), [this, all, next](const alys::result<json_value>& answer) {
    if (!answer && answer != engine_error::client_refused) return; // the next greeting begins anew
    if (!answer && is_no_longer_good(transaction_error_in(answer.error().text()))) waiting.give_up((*all)[next]);
    offer(all, next + 1);
  });
}

// What can be seen in the transaction alone is said in the node's own words, whatever the client is.
void engine_state::submit(bytes raw, answer<hash256> done) {
  if (raw.size() > largest_transaction) return done(refuse_transaction(transaction_error::oversized));
  auto recovered = recover_transaction(std::move(raw));
  if (!recovered) return done(recovered.error());
  const transaction_ptr tx = *std::move(recovered);
  if (!tx->transaction.chain_id) return done(refuse_transaction(transaction_error::not_replay_protected));
  if (const auto good = check_by_itself(tx->transaction, session.options().chain_id); !good) return done(good.error());
  if (waiting.find(tx->hash)) return done(refuse_transaction(transaction_error::already_known));
  // A client's pool may learn of a new head later than its caller, and take once more what is in it.
  if (head && recent.hold(tx->hash, *head)) return done(refuse_transaction(transaction_error::nonce_too_low));
  session.ask("eth_sendRawTransaction", one_text(to_hex(tx->raw)), [this, tx, done](const alys::result<json_value>& answer) {
    if (!answer && answer == engine_error::client_refused) {
      const auto meaning = transaction_error_in(answer.error().text());
      if (meaning == transaction_error::already_known) waiting.add(tx);
      return done(meaning == transaction_error::none ? answer.error() : refuse_transaction(meaning));
    }
    if (!answer) return done(answer.error());
    waiting.add(tx);
    done(tx->hash);
  });
}

// One after the other, so that a sender's arrive in their order.
void engine_state::restore(std::shared_ptr<std::vector<bytes>> raw, std::size_t next, std::vector<hash256> dropped,
                           answer<std::vector<hash256>> done) {
  if (next == raw->size()) return done(std::move(dropped));
  const hash256 hash = keccak256((*raw)[next]);
  submit((*raw)[next], [this, raw, next, hash, dropped = std::move(dropped), done](const alys::result<hash256>& taken) mutable {
    if (client_is_away(taken.error())) {
      keep_for_later(std::span{*raw}.subspan(next), dropped);
      return done(std::move(dropped));
    }
    if (!taken && !is_about_transaction(taken.error())) return done(taken.error());
    if (!taken && taken != transaction_error::already_known) dropped.push_back(hash);
    session.run([this, raw, next, dropped = std::move(dropped), done] { restore(raw, next + 1, dropped, done); });
  });
}

// A client that is away, or not at the head yet, gets them with all that waits, once it is there.
void engine_state::keep_for_later(std::span<const bytes> raw, std::vector<hash256>& dropped) {
  for (const bytes& each : raw) {
    if (auto recovered = recover_transaction(each)) waiting.add(*std::move(recovered));
    else dropped.push_back(keccak256(each));
  }
}

} // namespace alys::domain::detail
