// SPDX-License-Identifier: Apache-2.0
//
// Words of the execution engine port.
#include <alys/domain/engine/execution_engine.hpp>

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

} // namespace alys::domain
