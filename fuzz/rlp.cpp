// SPDX-License-Identifier: Apache-2.0
//
// RLP: any bytes are items or an error, and items have no second encoding.
#include "require.hpp"

#include <alys/domain/engine/rlp.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace {

using alys::domain::bytes;
using alys::domain::bytes_view;

constexpr int deepest = 64; // of this walk; the reader itself does not recurse

// The items written again, or nothing where one is not well formed.
std::optional<bytes> written_again(bytes_view items, int depth) {
  alys::domain::rlp_list out;
  alys::domain::rlp_reader in{items};
  while (!in.at_end()) {
    const auto item = in.item();
    if (in.error() != alys::domain::rlp_error::none || depth == deepest) return std::nullopt;
    if (!item.is_list) {
      out.string(item.payload);
      continue;
    }
    const auto inner = written_again(item.payload, depth + 1);
    if (!inner) return std::nullopt;
    out.encoded(*inner);
  }
  return out.encode();
}

// A reader that asks for what is not there stays at its first error and answers zeros.
void read_as_fields(bytes_view input) {
  auto fields = alys::domain::rlp_reader::whole_list(input);
  static_cast<void>(fields.integer());
  static_cast<void>(fields.amount());
  static_cast<void>(fields.fixed<alys::domain::hash256>());
  static_cast<void>(fields.fixed_or_empty<alys::domain::address>());
  static_cast<void>(fields.list().string());
  const auto first = fields.error();
  const auto late = fields.integer();
  fuzz::require(first == alys::domain::rlp_error::none || (fields.error() == first && late == 0 && !fields.finish()),
                "the first error stays");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bytes_view input{data, size};
  read_as_fields(input);
  auto whole = alys::domain::rlp_reader::whole_list(input);
  if (whole.error() != alys::domain::rlp_error::none) return 0;
  alys::domain::rlp_reader outer{input};
  const auto again = written_again(outer.item().payload, 0);
  fuzz::require(!again || std::ranges::equal(*again, input), "a list encodes to the bytes that it was read from");
  return 0;
}
