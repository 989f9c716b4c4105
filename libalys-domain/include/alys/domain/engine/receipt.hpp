// SPDX-License-Identifier: Apache-2.0
//
// What became of a transaction in a block.
//
// ```cpp
// inline bool paid(const alys::domain::receipt& r) { return r.succeeded && r.gas_used.value() > 0; }
// ```
#pragma once

#include <alys/domain/engine/log_entry.hpp>
#include <alys/domain/engine/transaction.hpp>
#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>
#include <alys/domain/primitives/units.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <optional>
#include <span>
#include <vector>

namespace alys::domain {

// The receipt's consensus fields (yellow paper, section 4.3.1; EIP-658, EIP-2718), and what readers ask for with it.
struct receipt {
  transaction_type type = transaction_type::legacy;
  bool succeeded = false;
  gas cumulative_gas_used{}; // of the block, up to and with this transaction

  hash256 transaction_hash{};
  address sender{};
  std::optional<address> to{};
  gas gas_used{};
  wei effective_gas_price{};     // base fee and tip, for each gas
  std::vector<log_entry> logs{}; // a consensus field too; empty without code

  friend bool operator==(const receipt&, const receipt&) = default;
};

// The encoding that the header's receipts root commits to.
[[nodiscard]] bytes encode_receipt(const receipt&);

// The header's receipts root, of all receipts of the block in order.
[[nodiscard]] hash256 receipts_root(std::span<const receipt>);

} // namespace alys::domain
