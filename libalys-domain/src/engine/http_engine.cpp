// SPDX-License-Identifier: Apache-2.0
//
// The port's calls as calls of the Engine API and of eth_.
#include "engine_state.hpp"

#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/fee_market.hpp>
#include <alys/domain/engine/http_engine.hpp>

#include <utility>

namespace alys::domain {
namespace {

using detail::engine_state;
using detail::one_text;

// -32602 is how some clients spell -38002 and -38003.
[[nodiscard]] alys::error as_specified(const alys::error& of_forkchoice) {
  if (of_forkchoice != engine_error::client_refused || !of_forkchoice.text().starts_with("-32602")) return of_forkchoice;
  const bool is_of_attributes = of_forkchoice.text().find("payloadAttributes") != std::string_view::npos;
  return refuse(is_of_attributes ? engine_error::invalid_attributes : engine_error::invalid_forkchoice, std::string{of_forkchoice.text()});
}

class http_engine final : public execution_engine {
public:
  http_engine(http_engine_options options, engine_secret secret)
      : state_(std::make_shared<engine_state>(std::move(options), std::move(secret))) {}
  ~http_engine() override { state_->session.stop(state_); }

  void chain_id(answer<std::uint64_t> done) override { done(state_->session.options().chain_id); }
  void genesis(answer<genesis_payload> done) override;
  void fork_choice_updated(const forkchoice_state& choice, std::optional<payload_attributes> attributes,
                           answer<forkchoice_verdict> done) override;
  void get_payload(const payload_id& id, answer<execution_payload> done) override;
  void payload_bodies(block_height first, std::size_t most, answer<std::vector<payload_body>> done) override;
  void new_payload(execution_payload payload, answer<payload_verdict> done) override;
  void state_committed(const hash256&) override {} // it keeps its own state
  void submit_transaction(bytes raw, answer<hash256> done) override;
  void restore_transactions(std::vector<bytes> raw, answer<std::vector<hash256>> done) override;
  void take_dropped_transactions(answer<std::vector<hash256>> done) override;
  void pending_transaction(const hash256& hash, answer<transaction_ptr> done) override;
  void pool_status(answer<pool_counts> done) override;
  void account_at(const address& who, const block_selector& block, answer<account_status> done) override;
  void code_at(const address& who, const block_selector& block, answer<bytes> done) override;
  void storage_at(const address& who, const hash256& key, const block_selector& block, answer<hash256> done) override;
  void call(call_request request, const block_selector& block, answer<bytes> done) override;
  void quote_fees(answer<fee_quote> done) override;
  void estimate_gas(call_request call, answer<gas> done) override;

private:
  // Runs on the session's thread, which keeps the state for as long.
  template <class F>
  void run(F&& something) {
    state_->session.run([s = state_, something = std::forward<F>(something)]() mutable { something(*s); });
  }

  // A method of eth_ whose last argument is the block.
  template <class T, class Read>
  void read_at(const block_selector& block, std::string_view method, std::string arguments, Read read, answer<T> done) {
    run([block, method, arguments = std::move(arguments), read, done = std::move(done)](engine_state& s) {
      s.resolve(block, [&s, method, arguments, read, done](const alys::result<std::string>& name) {
        if (!name) return done(name.error());
        s.ask<T>(method, "[" + arguments + ",\"" + *name + "\"]", read, done);
      });
    });
  }

  std::shared_ptr<engine_state> state_;
};

void http_engine::genesis(answer<genesis_payload> done) {
  run([done = std::move(done)](engine_state& s) {
    s.session.ask("eth_chainId", "[]", [&s, done](const alys::result<json_value>& greeted) {
      if (!greeted) return done(greeted.error());
      const execution_payload& first = s.session.genesis();
      if (hash_of(header_of(first)) != first.block_hash)
        return done(refuse(engine_error::invalid_genesis,
                           "the execution client's first block is none that Alys can begin with: " + to_hex(first.block_hash)));
      done(genesis_payload{.payload = first, .state_changes = {}});
    });
  });
}

void http_engine::fork_choice_updated(const forkchoice_state& choice, std::optional<payload_attributes> attributes,
                                      answer<forkchoice_verdict> done) {
  run([choice, attributes = std::move(attributes), done = std::move(done)](engine_state& s) {
    ++s.moving;
    const auto fork = attributes ? fork_at(s.session.options().forks, attributes->timestamp) : execution_fork::shanghai;
    s.ask<forkchoice_verdict>(methods_of(fork).forkchoice_updated, forkchoice_params(choice, attributes, fork), read_forkchoice_answer,
                              [&s, fork, head = choice.head, done](alys::result<forkchoice_verdict> verdict) {
                                if (verdict && verdict->payload) s.wished.emplace(*verdict->payload, fork);
                                if (!verdict) verdict = as_specified(verdict.error());
                                if (verdict ? verdict->status == payload_status::valid : verdict == engine_error::invalid_attributes) {
                                  s.move_head(head);
                                  s.refill_pool();
                                }
                                s.moved();
                                done(std::move(verdict));
                              });
  });
}

void http_engine::get_payload(const payload_id& id, answer<execution_payload> done) {
  run([id, done = std::move(done)](engine_state& s) {
    if (s.built && s.built->first == id) return done(s.built->second);
    const auto fork = s.wished && s.wished->first == id ? s.wished->second : execution_fork::shanghai;
    const auto read = [fork](const json_value& answer) { return read_built_payload(answer, fork); };
    s.ask<execution_payload>(methods_of(fork).get_payload, one_text(to_hex(id)), read,
                             [&s, id, done](alys::result<execution_payload> made) {
                               // -32001 is how some clients spell -38001.
                               if (made == engine_error::client_refused && made.error().text().starts_with("-32001"))
                                 return done(refuse(engine_error::unknown_payload, made.error().text()));
                               if (made) s.built.emplace(id, *made);
                               done(std::move(made));
                             });
  });
}

void http_engine::payload_bodies(block_height first, std::size_t most, answer<std::vector<payload_body>> done) {
  run([first, most, done = std::move(done)](engine_state& s) {
    s.ask<std::vector<payload_body>>("engine_getPayloadBodiesByRangeV1", payload_bodies_params(first, most), read_payload_bodies, done);
  });
}

void http_engine::new_payload(execution_payload payload, answer<payload_verdict> done) {
  run([payload = std::move(payload), done = std::move(done)](engine_state& s) mutable { s.check(std::move(payload), std::move(done)); });
}

void http_engine::submit_transaction(bytes raw, answer<hash256> done) {
  run([raw = std::move(raw), done = std::move(done)](engine_state& s) mutable { s.submit(std::move(raw), std::move(done)); });
}

void http_engine::restore_transactions(std::vector<bytes> raw, answer<std::vector<hash256>> done) {
  run([raw = std::move(raw), done = std::move(done)](engine_state& s) mutable { done(s.restore(std::move(raw))); });
}

void http_engine::take_dropped_transactions(answer<std::vector<hash256>> done) {
  run([done = std::move(done)](engine_state& s) { done(s.waiting.take_dropped()); });
}

void http_engine::pending_transaction(const hash256& hash, answer<transaction_ptr> done) {
  run([hash, done = std::move(done)](engine_state& s) { done(s.waiting.find(hash)); });
}

void http_engine::pool_status(answer<pool_counts> done) {
  run([done = std::move(done)](engine_state& s) { done(s.waiting.counts()); });
}

void http_engine::account_at(const address& who, const block_selector& block, answer<account_status> done) {
  run([who, block, done = std::move(done)](engine_state& s) {
    s.resolve(block, [&s, who, done](const alys::result<std::string>& name) {
      if (!name) return done(name.error());
      s.account(who, *name, done);
    });
  });
}

void http_engine::code_at(const address& who, const block_selector& block, answer<bytes> done) {
  read_at<bytes>(block, "eth_getCode", "\"" + to_hex(who) + "\"", read_data, std::move(done));
}

void http_engine::storage_at(const address& who, const hash256& key, const block_selector& block, answer<hash256> done) {
  read_at<hash256>(block, "eth_getStorageAt", "\"" + to_hex(who) + "\",\"" + to_hex(key) + "\"", read_word, std::move(done));
}

void http_engine::call(call_request request, const block_selector& block, answer<bytes> done) {
  read_at<bytes>(block, "eth_call", call_object(request), read_data, std::move(done));
}

void http_engine::quote_fees(answer<fee_quote> done) {
  run([done = std::move(done)](engine_state& s) {
    s.ask<execution_payload>(
        "eth_getBlockByNumber", R"(["latest",false])", read_client_block, [&s, done](const alys::result<execution_payload>& head) {
          if (!head) return done(head.error());
          fee_quote quote{.base_fee = next_base_fee({head->gas_limit, head->gas_used, head->base_fee_per_gas}),
                          .suggested_tip = s.session.options().default_tip,
                          .gas_limit = head->gas_limit};
          s.ask<wei>("eth_maxPriorityFeePerGas", "[]", read_amount, [quote, done](const alys::result<wei>& tip) mutable {
            if (!tip && client_is_away(tip.error())) return done(tip.error());
            if (tip) quote.suggested_tip = *tip;
            done(quote);
          });
        });
  });
}

void http_engine::estimate_gas(call_request call, answer<gas> done) {
  run([call = std::move(call), done = std::move(done)](engine_state& s) {
    s.ask<std::uint64_t>("eth_estimateGas", estimate_gas_params(call), read_quantity, [done](const alys::result<std::uint64_t>& used) {
      if (used) return done(gas{*used});
      const auto meaning = used == engine_error::client_refused ? transaction_error_in(used.error().text()) : transaction_error::none;
      done(meaning == transaction_error::none ? used.error() : refuse_transaction(meaning));
    });
  });
}

} // namespace

std::shared_ptr<execution_engine> connect_engine(http_engine_options options, engine_secret secret) {
  return std::make_shared<http_engine>(std::move(options), std::move(secret));
}

} // namespace alys::domain
