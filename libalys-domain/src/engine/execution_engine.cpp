// SPDX-License-Identifier: Apache-2.0
//
// Words of the execution engine port.
#include <alys/domain/engine/execution_engine.hpp>

#include <alys/actors/fault.hpp>
#include <alys/domain/engine/engine_error.hpp>

namespace alys::domain {

std::string_view to_string(payload_status status) noexcept {
  switch (status) {
    case payload_status::valid: return "VALID";
    case payload_status::invalid: return "INVALID";
    case payload_status::syncing: return "SYNCING";
    case payload_status::accepted: return "ACCEPTED";
  }
  return "unknown";
}

bool client_is_away(const alys::error& e) noexcept {
  if (!e) return false;
  return e.code().domain() == alys::code{fault::connection_lost}.domain() || e == errc::breaker_open || e == engine_error::catching_up ||
         e == engine_error::invalid_answer || e == engine_error::wrong_chain;
}

} // namespace alys::domain
