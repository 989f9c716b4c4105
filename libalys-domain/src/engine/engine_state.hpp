// SPDX-License-Identifier: Apache-2.0
//
// What an adapter to an execution client knows of it: its head, its pool, the blocks that went through it lately. All of it lives on the
// thread of the session.
#pragma once

#include "engine_session.hpp"
#include "recent_blocks.hpp"
#include "waiting_transactions.hpp"

#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/engine/engine_api.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alys::domain::detail {

[[nodiscard]] inline std::string one_text(std::string_view text) { return "[\"" + std::string{text} + "\"]"; }

struct engine_state {
  static constexpr std::size_t blocks_remembered = 64; // whose transactions are known when the head moves

  engine_state(http_engine_options options, engine_secret secret)
      : waiting(options.most_waiting), session(std::move(options), std::move(secret)) {}

  // A call whose answer is read by `read`; what it cannot read is refused with the method's name.
  template <class T, class Read>
  void ask(std::string_view method, std::string params, Read read, answer<T> done) {
    session.ask(method, std::move(params), [method, read, done = std::move(done)](const alys::result<json_value>& answer) {
      if (!answer) return done(answer.error());
      alys::result<T> value = read(*answer);
      if (value.error() == argument_error::invalid)
        return done(refuse(engine_error::invalid_answer, std::string{method} + ": " + value.error().text()));
      done(std::move(value));
    });
  }

  void move_head(const hash256& to);
  void moved();
  // Whether the client has taken a head since it was greeted: before, it may call good transactions bad.
  [[nodiscard]] bool is_led() const { return filled != 0 && filled == session.greetings(); }
  void refill_pool();
  void offer_next();
  void check(execution_payload, answer<payload_verdict>);
  // With nothing safe but the first block: a client may lack what is, and some take zeros for what they were told before.
  [[nodiscard]] forkchoice_state only_head(const hash256& block) const {
    return {block, session.genesis().block_hash, session.genesis().block_hash};
  }
  void outcomes_of(const execution_payload&, bool head_may_move, answer<std::vector<execution_outcome>>);
  void submit(bytes raw, answer<hash256>);
  // Gives those that are no transactions that wait any more; what the client does not take is dropped later.
  [[nodiscard]] std::vector<hash256> restore(std::vector<bytes> raw);
  [[nodiscard]] alys::result<transaction_ptr> examine(bytes raw) const;
  // The block as the methods of eth_ name it: a tag or a number.
  void resolve(const block_selector&, answer<std::string>);
  void name_head(answer<std::string>);
  void account(const address&, const std::string& block, answer<account_status>);

  std::optional<hash256> head;
  std::size_t moving = 0; // forkchoices without an answer
  std::vector<std::function<void()>> when_moved;
  std::uint64_t filled = 0;                                      // the greeting after which the pool was filled
  std::optional<std::pair<payload_id, execution_fork>> wished;   // the payload that was asked for last
  std::optional<std::pair<payload_id, execution_payload>> built; // the last one: clients may go on building what they have shown
  recent_blocks recent{blocks_remembered};
  waiting_transactions waiting;
  std::deque<transaction_ptr> offers;  // to be given to the client once more
  bool offering = false;               // it has one of them in hand
  std::deque<transaction_ptr> put_off; // it had no room for them
  engine_session session;              // ends first: its answers use the others
};

} // namespace alys::domain::detail
