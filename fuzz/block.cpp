// SPDX-License-Identifier: Apache-2.0
//
// The canonical encoding of blocks: any bytes give a block or an error, and a block has no second encoding.
#include "require.hpp"

#include <alys/domain/chain/encoding.hpp>

#include <algorithm>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const alys::domain::bytes_view input{data, size};
  const auto decoded = alys::domain::decode_block(input);
  if (!decoded) return 0;
  fuzz::require(std::ranges::equal(alys::domain::encode_block(*decoded), input), "the block encodes to the bytes that it was read from");
  return 0;
}
