// SPDX-License-Identifier: Apache-2.0
#include "engine_session.hpp"

#include <alys/actors/fault.hpp>
#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/engine/engine_api.hpp>

#include <algorithm>

namespace alys::domain::detail {
namespace {

// All that the chain's blocks ever need: a client without one of them is none for it.
[[nodiscard]] std::vector<std::string_view> needed_methods(const execution_forks& forks) {
  std::vector<std::string_view> all;
  for (const execution_fork fork : all_execution_forks) {
    if (fork > last_of(forks)) break;
    const auto& [payload, forkchoice, built] = methods_of(fork);
    for (const auto method : {payload, forkchoice, built}) {
      if (std::ranges::find(all, method) == all.end()) all.push_back(method);
    }
  }
  return all;
}

[[nodiscard]] std::chrono::nanoseconds now() noexcept { return std::chrono::steady_clock::now().time_since_epoch(); }

[[nodiscard]] std::function<std::string()> tokens(engine_secret secret) {
  return [secret = std::move(secret)] { return secret.token(to_seconds(to_unix(std::chrono::system_clock::now()))); };
}

[[nodiscard]] alys::error missing_method(const execution_forks& forks, const std::vector<std::string>& offered) {
  for (const auto needed : needed_methods(forks)) {
    if (std::ranges::find(offered, needed) == offered.end())
      return refuse(engine_error::not_offered, "the execution client has no " + std::string{needed} + ", which blocks of this chain need");
  }
  return {};
}

} // namespace

engine_session::engine_session(http_engine_options options, engine_secret secret)
    : options_(std::move(options)),
      breaker_(options_.breaker),
      rpc_({options_.host, options_.port, options_.rpc_port != 0 ? options_.rpc_port : options_.port, options_.most_answer_bytes,
            tokens(std::move(secret))}) {}

void engine_session::ask(std::string_view method, std::string params, answer_json done) {
  if (contact_ == contact::made) return call(method, params, deadline_of(method), std::move(done));
  waiting_.push_back([this, method, params = std::move(params), done = std::move(done)](const alys::error& trouble) {
    if (trouble) return done(trouble);
    call(method, params, deadline_of(method), done);
  });
  if (contact_ == contact::none) greet();
}

void engine_session::call(std::string_view method, std::string_view params, std::chrono::milliseconds deadline, answer_json done) {
  const auto pass = breaker_.admit(now());
  if (!pass) return done(refuse(errc::breaker_open, "the execution client is left alone for a moment: " + last_trouble_));
  const auto lane = method.starts_with("engine_") ? rpc_lane::blocks : rpc_lane::reads;
  rpc_.post(lane, rpc_call(method, params), deadline, [this, method, pass = *pass, done = std::move(done)](alys::result<std::string> body) {
    auto answer = body ? read_rpc_answer(*body) : alys::result<json_value>{body.error()};
    if (!client_is_away(answer.error())) {
      breaker_.succeeded(pass);
      return done(std::move(answer));
    }
    const alys::error why = refuse(answer.error().code(), std::string{method} + ": " + answer.error().text());
    last_trouble_ = why.message();
    breaker_.failed(pass, now());
    if (contact_ == contact::made) contact_ = contact::none;
    done(why);
  });
}

void engine_session::greet() {
  contact_ = contact::greeting;
  std::string own = "[[";
  for (const auto method : needed_methods(options_.forks)) own.append(own.size() > 2 ? ",\"" : "\"").append(method).append("\"");
  call("engine_exchangeCapabilities", own + "]]", options_.deadlines.greeting, [this](const alys::result<json_value>& answer) {
    if (!answer) return greeted(answer.error());
    const auto offered = read_capabilities(*answer);
    if (!offered) return greeted(offered.error());
    if (const auto missing = missing_method(options_.forks, *offered)) return greeted(missing);
    greet_with_chain();
  });
}

void engine_session::greet_with_chain() {
  call("eth_chainId", "[]", options_.deadlines.greeting, [this](const alys::result<json_value>& answer) {
    if (!answer) return greeted(answer.error());
    const auto chain = read_quantity(*answer);
    if (!chain) return greeted(refuse(engine_error::invalid_answer, "eth_chainId: " + chain.error().text()));
    if (*chain != options_.chain_id) {
      return greeted(refuse(engine_error::wrong_chain, "the execution client is of chain " + std::to_string(*chain) + ", this node of " +
                                                           std::to_string(options_.chain_id)));
    }
    greet_with_genesis();
  });
}

void engine_session::greet_with_genesis() {
  call("eth_getBlockByNumber", R"(["0x0",false])", options_.deadlines.greeting, [this](const alys::result<json_value>& answer) {
    if (!answer) return greeted(answer.error());
    auto block = read_client_block(*answer);
    if (!block) return greeted(block.error());
    if (genesis_ && genesis_->block_hash != block->block_hash)
      return greeted(
          refuse(engine_error::wrong_chain, "the execution client has another first block than before: " + to_hex(block->block_hash)));
    if (const auto due = fork_at(options_.forks, block->timestamp); block->fork != due) {
      return greeted(refuse(engine_error::unsupported_fork, "the execution client begins with " + std::string{to_string(block->fork)} +
                                                                ", this chain with " + std::string{to_string(due)}));
    }
    if (options_.first_block && *options_.first_block != block->block_hash) {
      return greeted(refuse(engine_error::wrong_chain, "the execution client begins with block " + to_hex(block->block_hash) +
                                                           ", this chain with " + to_hex(*options_.first_block)));
    }
    genesis_ = std::move(*block);
    greeted({});
  });
}

void engine_session::greeted(const alys::error& trouble) {
  contact_ = trouble ? contact::none : contact::made;
  if (!trouble) ++greetings_;
  for (auto all = std::exchange(waiting_, {}); const auto& each : all) each(trouble);
}

std::chrono::milliseconds engine_session::deadline_of(std::string_view method) const noexcept {
  if (method.starts_with("engine_getPayloadBodies")) return options_.deadlines.read;
  if (method.starts_with("engine_getPayload")) return options_.deadlines.payload;
  return method.starts_with("engine_") ? options_.deadlines.block : options_.deadlines.read;
}

} // namespace alys::domain::detail
