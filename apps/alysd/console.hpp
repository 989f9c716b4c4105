// SPDX-License-Identifier: Apache-2.0
//
// What `alysd dev` and `alysd run` show on standard output: a banner, then a line a block.
#pragma once

#include <alys/domain/chain/chain_listener.hpp>

#include <string>

namespace alysd {

// Prints a line for every block and counts them. Thread-safe.
class console final : public alys::domain::chain_listener {
public:
  void imported(const alys::domain::imported_block& block) noexcept override;
  [[nodiscard]] std::uint64_t blocks() const noexcept { return blocks_.load(); }

private:
  std::atomic<std::uint64_t> blocks_{0};
};

struct banner {
  std::string api_url;
  std::string data_folder;
  std::string account; // funded, with its key; empty outside of development
  std::string account_key;
  std::string authority;
  std::chrono::milliseconds slot_duration{};
  std::uint64_t chain_id = 0;
  bool dev_faults = false;
};
void print(const banner& what);

} // namespace alysd
