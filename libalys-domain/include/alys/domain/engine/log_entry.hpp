// SPDX-License-Identifier: Apache-2.0
//
// What contracts write into receipts for readers outside, and the filter that says in which blocks it cannot be (yellow paper, section 4.3.1).
//
// ```cpp
// inline bool is_of(const alys::domain::log_entry& log, const alys::domain::address& contract) { return log.account == contract; }
// ```
#pragma once

#include <alys/domain/primitives/bytes.hpp>
#include <alys/domain/primitives/hash.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace alys::domain {

using bloom = fixed_bytes<struct bloom_tag, 256>; // a 2048-bit filter over accounts and topics of logs

struct log_entry {
  static constexpr std::size_t most_topics = 4;

  address account{};             // the contract that wrote it
  std::vector<hash256> topics{}; // by convention the hash of the event's signature first
  bytes data{};

  friend bool operator==(const log_entry&, const log_entry&) = default;
};

// The filter of these logs. Some 1 us for each account and topic.
[[nodiscard]] bloom bloom_of(std::span<const log_entry> logs);

// False: no log behind this filter has the account or topic. True: perhaps.
[[nodiscard]] bool may_have(const bloom& filter, bytes_view account_or_topic);

} // namespace alys::domain
