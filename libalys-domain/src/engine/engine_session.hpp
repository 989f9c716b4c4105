// SPDX-License-Identifier: Apache-2.0
//
// The relation with an execution client: it is greeted before it is asked anything, and again after every trouble, because what answers then may
// be another client. While it keeps failing it is left alone.
#pragma once

#include "rpc_client.hpp"

#include <alys/domain/api/json.hpp>
#include <alys/domain/engine/http_engine.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alys::domain::detail {

// Everything but `run` and `stop` on the session's thread.
class engine_session {
public:
  using answer_json = std::function<void(alys::result<json_value>)>;

  engine_session(http_engine_options options, engine_secret secret);

  [[nodiscard]] const http_engine_options& options() const noexcept { return options_; }
  // How often a client was greeted so far. After another greeting it may be another process, with nothing in its pool.
  [[nodiscard]] std::uint64_t greetings() const noexcept { return greetings_; }
  // Block 0 of the client; only after a greeting.
  [[nodiscard]] const execution_payload& genesis() const noexcept { return *genesis_; }

  void run(std::function<void()> something) { rpc_.run(std::move(something)); }
  // See rpc_client::stop.
  void stop(std::shared_ptr<void> until_then) { rpc_.stop(std::move(until_then)); }

  // Calls a method, once the client has been greeted. Methods of engine_ keep their order, and so do the others.
  void ask(std::string_view method, std::string params, answer_json done);

private:
  enum class contact : std::uint8_t { none, greeting, made };
  using after_greeting = std::function<void(alys::error)>;

  void call(std::string_view method, std::string_view params, std::chrono::milliseconds deadline, answer_json done);
  void greet();
  void greet_with_chain();
  void greet_with_genesis();
  void greeted(const alys::error& trouble);
  [[nodiscard]] std::chrono::milliseconds deadline_of(std::string_view method) const noexcept;

  http_engine_options options_;
  circuit_breaker breaker_;
  contact contact_ = contact::none;
  std::uint64_t greetings_ = 0;
  std::vector<after_greeting> waiting_;
  std::optional<execution_payload> genesis_;
  std::string last_trouble_;
  rpc_client rpc_;
};

} // namespace alys::domain::detail
