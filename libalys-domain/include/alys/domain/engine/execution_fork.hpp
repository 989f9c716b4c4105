// SPDX-License-Identifier: Apache-2.0
//
// Which of Ethereum's forks a chain's execution blocks obey, and from when on: as in Ethereum itself, by the time of the block, so that
// execution clients can be told of it before the first one.
//
// ```cpp
// inline bool knows_transient_storage(const alys::domain::execution_forks& forks, alys::domain::unix_seconds time) {
//   return alys::domain::fork_at(forks, time) >= alys::domain::execution_fork::cancun; // EIP-1153
// }
// ```
#pragma once

#include <alys/domain/primitives/units.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace alys::domain {

// In their order. What they add to a block:
enum class execution_fork : std::uint8_t {
  shanghai, // withdrawals (EIP-4895)
  cancun, // gas of blobs, which are always 0 on Alys: blobs have nobody to carry them (EIP-4844); and a beacon root, the parent's block id
          // (EIP-4788)
  prague, // the hash of requests to the consensus layer, of which Alys takes none (EIP-7685)
};
inline constexpr execution_fork all_execution_forks[] = {execution_fork::shanghai, execution_fork::cancun, execution_fork::prague};
inline constexpr execution_fork newest_execution_fork = execution_fork::prague;

// "shanghai", "cancun", "prague".
[[nodiscard]] std::string_view to_string(execution_fork) noexcept;

// The forks after Shanghai, which every chain begins with or after. None: never.
struct execution_forks {
  std::optional<unix_seconds> cancun{};
  std::optional<unix_seconds> prague{}; // not before Cancun

  friend bool operator==(const execution_forks&, const execution_forks&) = default;
};

// The fork of a block of this time.
[[nodiscard]] execution_fork fork_at(const execution_forks&, unix_seconds time) noexcept;

// The last one that the chain will have.
[[nodiscard]] execution_fork last_of(const execution_forks&) noexcept;

} // namespace alys::domain
