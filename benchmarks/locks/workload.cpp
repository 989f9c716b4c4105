// SPDX-License-Identifier: Apache-2.0
#include "workload.hpp"

namespace bench {

namespace {

[[nodiscard]] std::uint64_t mix(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

[[nodiscard]] std::uint64_t mix_many(std::uint64_t value, int times) noexcept {
  for (int i = 0; i < times; ++i) value = mix(value + 1);
  return value;
}

} // namespace

operation operation_at(std::size_t number) noexcept {
  if (number % 500 == 250) return operation::import_block;
  if (number % 50 == 10) return operation::update_peg;
  return operation::read;
}

std::uint64_t check_block(std::uint64_t seed) noexcept { return mix_many(seed, 30'000); }

void apply_block(chain_state& state, std::uint64_t checked) noexcept {
  constexpr int transfers = 500;
  for (int i = 0; i < transfers; ++i) {
    checked = mix_many(checked, 20);
    ++state.balances[checked % account_count];
    --state.balances[(checked >> 32) % account_count];
  }
  state.transfers += transfers;
  ++state.height;
}

void apply_peg(peg_state& state, std::uint64_t height, std::uint64_t seed) noexcept {
  state.book[mix_many(seed, 1'000) % state.book.size()] += 1;
  state.at_height = height;
  ++state.pegs;
}

std::uint64_t read_accounts(const chain_state& state, std::uint64_t seed) noexcept {
  std::uint64_t digest = state.height;
  for (int i = 0; i < 16; ++i) {
    seed = mix_many(seed, 40);
    digest = mix(digest ^ state.balances[seed % account_count]);
  }
  return digest | 1;
}

} // namespace bench
