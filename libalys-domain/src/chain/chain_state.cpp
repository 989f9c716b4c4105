// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/chain/chain_state.hpp>

#include <string>

namespace alys::domain {

std::string_view to_string(chain_state s) noexcept {
  switch (s) {
    case chain_state::initializing: return "initializing";
    case chain_state::syncing: return "syncing";
    case chain_state::active: return "active";
    case chain_state::producing: return "producing";
    case chain_state::importing: return "importing";
    case chain_state::failed: return "failed";
  }
  return "no state";
}

alys::result<bool> chain_state_machine::enter(chain_state next) {
  if (next == state_) return false;
  if (!may_follow(state_, next))
    return alys::fail(chain_state_error::not_allowed, std::string{to_string(next)} + " after " + std::string{to_string(state_)});
  state_ = next;
  return true;
}

} // namespace alys::domain
