// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>

namespace alysd {

void console::imported(const alys::domain::imported_block& b) noexcept {
  const auto took = std::chrono::duration<double, std::milli>(b.took).count();
  fmt::print("block {:>6}  slot {}  {}  {} tx  {} gas  {:.1f} ms  {}  final {}\n", b.block.height.value(), b.block.slot.value(),
             alys::domain::to_hex(b.block.id).substr(0, 14), b.transactions, b.gas_used.value(), took, b.own ? "own" : "imported",
             b.last_final.height.value());
  std::fflush(stdout);
  ++blocks_;
}

void print(const banner& what) {
  fmt::print("Alys development node\n");
  fmt::print("  JSON-RPC   {}   (also /healthz, /readyz, /metrics)\n", what.api_url);
  fmt::print("  chain id   {}, a slot every {} ms, authority {}\n", what.chain_id, what.slot_duration.count(), what.authority);
  fmt::print("  data       {}\n", what.data_folder);
  fmt::print("  account    {}\n", what.account);
  fmt::print("  its key    {}   (known to everybody: for development only)\n", what.account_key);
  fmt::print("  embedded   execution ledger: transfers and withdrawals by Ethereum's rules, no EVM, so no contracts\n");
  if (what.dev_faults) fmt::print("  faults     JSON-RPC may make actors fail (--dev-faults)\n");
  fmt::print("  stop with Ctrl-C\n");
  std::fflush(stdout);
}

} // namespace alysd
