// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"

#include "output.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <new>

namespace alysd {

namespace {

[[nodiscard]] std::string line_of(const alys::domain::imported_block& b) {
  const auto took = std::chrono::duration<double, std::milli>(b.took).count();
  return fmt::format("block {:>6}  slot {}  {}  {} tx  {} gas  {:.1f} ms  {}  final {}\n", b.block.height.value(), b.block.slot.value(),
                     alys::domain::to_hex(b.block.id).substr(0, 14), b.transactions, b.gas_used.value(), took, b.own ? "own" : "imported",
                     b.last_final.height.value());
}

[[nodiscard]] std::string text_of(const banner& what) {
  std::string text = what.development ? "Alys development node\n" : "Alys node\n";
  const auto line = [&text](std::string_view name, std::string_view value) { text += fmt::format("  {:<10} {}\n", name, value); };
  line("JSON-RPC", what.api_url + "   (also /healthz, /readyz, /metrics)");
  const std::string role = what.authority.empty() ? "no authority: it follows" : "authority " + what.authority;
  line("chain id", fmt::format("{}, a slot every {} ms, {}", what.chain_id, what.slot_duration.count(), role));
  line("data", what.data_folder);
  if (what.development) {
    line("account", what.account);
    line("its key", what.account_key + "   (known to everybody: for development only)");
  }
  if (!what.client.empty()) line("engine", what.client);
  else line("embedded", "execution ledger: transfers and withdrawals by Ethereum's rules, no EVM, so no contracts");
  if (what.dev_faults) line("faults", "JSON-RPC may make actors fail (--dev-faults)");
  return text + "  stop with Ctrl-C\n";
}

} // namespace

void console::begin(const banner& what) {
  const std::lock_guard guard(mutex_);
  begun_ = true;
  put(stdout, text_of(what) + early_);
  early_.clear();
}

void console::show(std::string_view line) {
  const std::lock_guard guard(mutex_);
  if (begun_) put(stdout, line);
  else early_ += line;
}

void console::imported(const alys::domain::imported_block& block) noexcept {
  try {
    show(line_of(block));
  } catch (const std::bad_alloc&) {
    put(stdout, "block: no memory for its line\n");
  }
  ++blocks_;
}

} // namespace alysd
