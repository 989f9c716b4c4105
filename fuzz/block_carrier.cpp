// SPDX-License-Identifier: Apache-2.0
//
// Blocks as protobuf: any bytes give a block or an error, and a block survives being carried again.
#include "require.hpp"

#include <alys/domain/chain/block_proto.hpp>
#include <alys/domain/chain/limits.hpp>

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto decoded = alys::domain::block_from_protobuf({data, size});
  if (!decoded) return 0;
  fuzz::require(alys::domain::within_limits(*decoded).has_value(), "a decoded block is within the limits");
  fuzz::require(alys::domain::block_from_protobuf(alys::domain::block_to_protobuf(*decoded)) == *decoded, "the block survives its carrier");
  return 0;
}
