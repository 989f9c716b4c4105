// SPDX-License-Identifier: Apache-2.0
//
// Which logs somebody wants to see, as eth_getLogs has it: by who wrote them and by their topics.
//
// ```cpp
// inline alys::domain::log_filter all_of(const alys::domain::address& contract) { return {.accounts = {contract}}; }
// ```
#pragma once

#include <alys/domain/engine/log_entry.hpp>

#include <cstddef>
#include <vector>

namespace alys::domain {

struct log_filter {
  static constexpr std::size_t most_choices = 1'000; // accounts, and of each topic

  std::vector<address> accounts{};            // any of these; empty: whoever wrote it
  std::vector<std::vector<hash256>> topics{}; // at each place any of these; empty: any. A log with fewer topics is none of them

  friend bool operator==(const log_filter&, const log_filter&) = default;
};

[[nodiscard]] bool lets_through(const log_filter&, const log_entry&);

// False: none of the logs behind this bloom passes. True: perhaps. Some 1 us for each account and topic of the filter.
[[nodiscard]] bool may_let_through(const log_filter&, const bloom&);

} // namespace alys::domain
