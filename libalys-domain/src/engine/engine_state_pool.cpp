// SPDX-License-Identifier: Apache-2.0
//
// Transactions through an execution client: what waits there, and what is offered again.
#include "engine_state.hpp"

#include <alys/domain/engine/transaction_rules.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain::detail {
namespace {

constexpr std::size_t most_put_off_at_once = 100; // transactions that the client had no room for, and is offered again with a new head

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
  for (const auto& tx : recent.abandoned(*from, to)) {
    if (recent.hold(tx->hash, to)) continue;
    waiting.add(tx);
    offers.push_back(tx);
  }
  for (std::size_t i = 0; i < most_put_off_at_once && !put_off.empty(); ++i, put_off.pop_front()) offers.push_back(put_off.front());
  offer_next();
}

// What waits is offered again to a client that was greeted since: it may be another process, whose pool is empty.
void engine_state::refill_pool() {
  if (std::exchange(filled, session.greetings()) == session.greetings()) return;
  const auto all = waiting.in_order();
  offers.assign(all.begin(), all.end());
  put_off.clear();
  offer_next();
}

// One at a time: a sender's arrive in their order, and what wallets send meanwhile need not stand behind all of them.
void engine_state::offer_next() {
  if (offering || !is_led()) return;
  while (!offers.empty() && !waiting.find(offers.front()->hash)) offers.pop_front();
  if (offers.empty()) return;
  const transaction_ptr tx = std::move(offers.front());
  offers.pop_front();
  offering = true;
  session.ask("eth_sendRawTransaction", one_text(to_hex(tx->raw)), [this, tx](const alys::result<json_value>& answer) {
    offering = false;
    if (!answer && answer != engine_error::client_refused) return; // the next greeting begins anew
    const auto meaning = answer ? transaction_error::already_known : transaction_error_in(answer.error().text());
    if (is_no_longer_good(meaning)) waiting.give_up(tx);
    else if (meaning != transaction_error::already_known) put_off.push_back(tx);
    offer_next();
  });
}

// What can be seen in the transaction alone is said in the node's own words, whatever the client is.
alys::result<transaction_ptr> engine_state::examine(bytes raw) const {
  if (raw.size() > largest_transaction) return refuse_transaction(transaction_error::oversized);
  auto recovered = recover_transaction(std::move(raw));
  if (!recovered) return recovered.error();
  const transaction_ptr tx = *std::move(recovered);
  if (!tx->transaction.chain_id) return refuse_transaction(transaction_error::not_replay_protected);
  if (const auto good = check_by_itself(tx->transaction, session.options().chain_id); !good) return good.error();
  // A client's pool may learn of a new head later than its caller, and take once more what is in it.
  if (head && recent.hold(tx->hash, *head)) return refuse_transaction(transaction_error::nonce_too_low);
  return tx;
}

void engine_state::submit(bytes raw, answer<hash256> done) {
  const auto examined = examine(std::move(raw));
  if (!examined) return done(examined.error());
  const transaction_ptr tx = *examined;
  if (waiting.find(tx->hash)) return done(refuse_transaction(transaction_error::already_known));
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

// Waits for no client, which may need seconds for thousands of them. One that is away, or not at the head yet, gets them once it is there.
std::vector<hash256> engine_state::restore(std::vector<bytes> raw) {
  std::vector<hash256> dropped;
  for (bytes& each : raw) {
    const hash256 hash = keccak256(each);
    if (auto examined = examine(std::move(each))) {
      waiting.add(*examined);
      offers.push_back(*std::move(examined));
    } else {
      dropped.push_back(hash);
    }
  }
  offer_next();
  return dropped;
}

} // namespace alys::domain::detail
