// SPDX-License-Identifier: Apache-2.0
//
// The canonical encoding of blocks and their parts: the bytes that are hashed. docs/reference/wire.md states them field by field, with
// vectors. Blocks travel and are stored as protobuf (block_proto.hpp), which is never hashed.
//
// ```cpp
// inline bool same(const alys::domain::block& one) {
//   return alys::domain::decode_block(alys::domain::encode_block(one)) == one;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/canonical.hpp>
#include <alys/domain/primitives/bytes.hpp>

#include <cstddef>
#include <cstdint>

namespace alys::domain {

// The first byte of an encoded block.
// Of a block whose payload is of Shanghai, and of one whose payload is of a later fork and says of which.
inline constexpr std::uint8_t block_encoding_version = 1;
inline constexpr std::uint8_t later_block_encoding_version = 2;

// Bytes of an encoded header; it has no part of variable size.
inline constexpr std::size_t encoded_header_bytes = 102;

[[nodiscard]] bytes encode_header(const block_header&);
[[nodiscard]] bytes encode_payload(const execution_payload&);
[[nodiscard]] bytes encode_block(const block&);

// The block with this encoding: decode_block(encode_block(b)) == b for every b within the limits, and nothing else encodes to the same bytes.
// Total. Refuses with an encoding_error; sizes are checked against limits.hpp before anything is allocated.
[[nodiscard]] alys::result<block> decode_block(bytes_view);

} // namespace alys::domain
