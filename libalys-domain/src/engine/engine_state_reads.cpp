// SPDX-License-Identifier: Apache-2.0
//
// Reads of an execution client's state: which block is meant, and how the client names it.
#include "engine_state.hpp"

namespace alys::domain::detail {

// Who was told of a block asks for its state, and may not find that of the block before.
void engine_state::moved() {
  if (--moving > 0) return;
  for (auto all = std::exchange(when_moved, {}); const auto& each : all) each();
}

// By number, after a look that the block of this number is the one that is meant: not all clients know blocks by hash here (EIP-1898).
void engine_state::resolve(const block_selector& block, answer<std::string> done) {
  std::string method = "eth_getBlockByNumber";
  std::string name;
  if (const auto* hash = std::get_if<hash256>(&block)) {
    name = to_hex(*hash);
    return ask<execution_payload>(
        "eth_getBlockByHash", "[\"" + name + "\",false]", read_client_block,
        [this, name, done](const alys::result<execution_payload>& found) {
          if (!found && client_is_away(found.error()) && found != engine_error::invalid_answer) return done(found.error());
          if (!found) return done(refuse(engine_error::unknown_block, "block " + name + " not found"));
          const auto number = to_quantity(found->block_number);
          ask<execution_payload>("eth_getBlockByNumber", "[\"" + number + "\",false]", read_client_block,
                                 [name, number, hash = found->block_hash, done](const alys::result<execution_payload>& there) {
                                   if (!there) return done(there.error());
                                   if (there->block_hash != hash)
                                     return done(refuse(engine_error::unknown_block, "block " + name + " is not on the chain of the head"));
                                   done(number);
                                 });
        });
  }
  switch (std::get<block_tag>(block)) {
    case block_tag::latest:
    case block_tag::pending:
      if (moving == 0) return name_head(std::move(done));
      return when_moved.push_back([this, done = std::move(done)] { name_head(done); });
    case block_tag::earliest: return done(std::string{"earliest"});
    case block_tag::safe: name = "safe"; break;
    case block_tag::finalized: name = "finalized"; break;
  }
  session.ask(std::string_view{"eth_getBlockByNumber"}, "[\"" + name + "\",false]", [name, done](const alys::result<json_value>& found) {
    if (!found && client_is_away(found.error())) return done(found.error());
    const auto block_found = found ? read_client_block(*found) : alys::result<execution_payload>{found.error()};
    if (!block_found) return done(refuse(engine_error::unknown_block, name + " block not found"));
    done(to_quantity(block_found->block_number));
  });
}

// The client's own "latest" may be a block that is executed and not yet the head, see outcomes_of.
void engine_state::name_head(answer<std::string> done) {
  if (!head) return done(std::string{"latest"});
  if (const detail::recent_block* known = recent.find(*head)) return done(to_quantity(known->header.number));
  resolve(*head, std::move(done)); // it was executed in an earlier life
}

void engine_state::account(const address& who, const std::string& block, answer<account_status> done) {
  const std::string params = "[\"" + to_hex(who) + "\",\"" + block + "\"]";
  ask<wei>("eth_getBalance", params, read_amount, [this, who, params, done](const alys::result<wei>& balance) {
    if (!balance) return done(balance.error());
    ask<std::uint64_t>("eth_getTransactionCount", params, read_quantity,
                       [this, who, balance = *balance, done](const alys::result<std::uint64_t>& nonce) {
                         if (!nonce) return done(nonce.error());
                         done(account_status{.balance = balance, .nonce = *nonce, .pending_nonce = waiting.next_nonce(who, *nonce)});
                       });
  });
}

} // namespace alys::domain::detail
