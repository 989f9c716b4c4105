// SPDX-License-Identifier: Apache-2.0
//
// Transfers through JSON-RPC: signed beforehand, submitted in batches from several clients, awaited to their receipts.
#pragma once

#include "wallets.hpp"

namespace bench {

struct transfer_run {
  std::size_t transfers = 0;
  double per_second = 0; // from the first submission until the last receipt was read
};

// Throws std::runtime_error if a transfer is refused, or a receipt does not come within a minute.
[[nodiscard]] transfer_run run_transfers(std::uint16_t port, const std::vector<wallet>& wallets, std::size_t clients);

} // namespace bench
