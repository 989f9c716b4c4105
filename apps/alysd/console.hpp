// SPDX-License-Identifier: Apache-2.0
//
// What `alysd dev` and `alysd run` show on standard output: a banner, then a line a block. It also keeps what the chain said last of its
// state, for the metrics.
#pragma once

#include <alys/domain/chain/chain_listener.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

namespace alysd {

struct banner {
  std::string api_url;
  std::string data_folder;
  bool development = false;
  std::string account;     // funded; of a development chain
  std::string account_key; // likewise
  std::string authority;   // this node's; empty if it is none
  std::chrono::milliseconds slot_duration{};
  std::uint64_t chain_id = 0;
  std::string client; // the execution client, and where it is; empty: the embedded ledger
  bool dev_faults = false;
};

// Prints a line for every block and counts them. Thread-safe.
class console final : public alys::domain::chain_listener {
public:
  // Shows the banner, then the lines of blocks: those that came before the banner too.
  void begin(const banner& what);
  void imported(const alys::domain::imported_block& block) noexcept override;
  void state_changed(alys::domain::chain_state state) noexcept override { state_.store(state); }
  [[nodiscard]] std::uint64_t blocks() const noexcept { return blocks_.load(); }
  // Of the chain actor, as it said last.
  [[nodiscard]] alys::domain::chain_state state() const noexcept { return state_.load(); }

private:
  void show(std::string_view line);

  std::atomic<std::uint64_t> blocks_{0};
  std::atomic<alys::domain::chain_state> state_{alys::domain::chain_state::initializing};
  std::mutex mutex_; // between the chain's actor and the thread that begins
  bool begun_ = false;
  std::string early_; // lines from before the banner
};

} // namespace alysd
