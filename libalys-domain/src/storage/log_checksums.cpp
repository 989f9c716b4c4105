// SPDX-License-Identifier: Apache-2.0
//
// A log is blocks of 32 KiB; in a block records, each a checksum in 4 bytes, a length in 2, a type in 1, all little-endian, and its content.
#include "log_checksums.hpp"

#include <boost/crc.hpp>

#include <algorithm>
#include <cstdint>

namespace alys::domain {
namespace {

constexpr std::size_t block_bytes = 32'768;
constexpr std::size_t header_bytes = 7;
constexpr std::size_t checked_from = 6; // the checksum covers the type and what follows

using crc_32c = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

[[nodiscard]] std::uint32_t number_at(const std::string& log, std::size_t at, std::size_t bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = bytes; i > 0; --i) number = number << 8U | static_cast<std::uint8_t>(log[at + i - 1]);
  return number;
}

// As it is stored: turned and moved, so that a log within a log is not taken for one.
[[nodiscard]] std::uint32_t checksum_of(const std::string& log, std::size_t from, std::size_t bytes) {
  crc_32c sum;
  sum.process_bytes(log.data() + from, bytes);
  const std::uint32_t plain = sum.checksum();
  return (plain >> 15U | plain << 17U) + 0xa282ead8U;
}

// Where the block ceases to be whole; its end: nowhere.
[[nodiscard]] std::size_t damage_in(const std::string& log, std::size_t block, std::size_t end) {
  for (std::size_t at = block; at + header_bytes <= end;) {
    const std::size_t length = number_at(log, at + 4, 2);
    if (length == 0 && log[at + checked_from] == 0) return end; // what is reserved and not written
    const bool fits = at + header_bytes + length <= end;
    if (!fits || number_at(log, at, 4) != checksum_of(log, at + checked_from, 1 + length)) return at;
    at += header_bytes + length;
  }
  return end;
}

} // namespace

std::size_t blank_damage(std::string& log) {
  std::size_t blanked = 0;
  for (std::size_t block = 0; block < log.size(); block += block_bytes) {
    const std::size_t end = std::min(block + block_bytes, log.size());
    const std::size_t from = damage_in(log, block, end);
    if (from == end) continue;
    const bool cut_off = end == log.size() && from + header_bytes + number_at(log, from + 4, 2) > end;
    if (!cut_off) blanked += end - from;
    std::fill(log.begin() + static_cast<std::ptrdiff_t>(from), log.begin() + static_cast<std::ptrdiff_t>(end), '\0');
  }
  return blanked;
}

} // namespace alys::domain
