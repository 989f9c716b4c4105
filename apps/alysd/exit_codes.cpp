// SPDX-License-Identifier: Apache-2.0
#include "exit_codes.hpp"

#include <alys/domain/api/http_server.hpp>
#include <alys/domain/engine/execution_engine.hpp>
#include <alys/domain/storage/chain_store.hpp>

namespace alysd {

exit_code exit_code_of(const alys::error& why) noexcept {
  using namespace alys::domain;
  if (why == store_error::in_use) return exit_code::in_use;
  if (why == http_error::address_in_use || why == http_error::cannot_listen) return exit_code::unavailable;
  if (why.category() == alys::category::corruption) return exit_code::data_damaged;
  if (why.category() == alys::category::configuration || why == store_error::unreadable || why == engine_error::wrong_chain)
    return exit_code::configuration;
  if (client_is_away(why)) return exit_code::unavailable;
  return exit_code::supervision;
}

} // namespace alysd
