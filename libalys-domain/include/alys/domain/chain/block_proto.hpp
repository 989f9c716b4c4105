// SPDX-License-Identifier: Apache-2.0
//
// Blocks as protobuf messages (proto/alys/chain/v1/block.proto): how they travel between nodes and lie in the store.
//
// ```cpp
// inline bool same(const alys::domain::block& one) {
//   return alys::domain::block_from_protobuf(alys::domain::block_to_protobuf(one)) == one;
// }
// ```
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/chain/block.hpp>
#include <alys/domain/chain/canonical.hpp>
#include <alys/domain/primitives/bytes.hpp>

namespace alys::domain {

[[nodiscard]] bytes block_to_protobuf(const block&);

// The block in this message. Total; about three times the memory of the input at most. Refuses with an encoding_error: over_limit beyond
// limits.hpp, malformed for what is no such message, has a field of another width or range, one that stands twice, or one that this version
// does not know; the text names the field: "payload.withdrawals[2].recipient: 19 bytes, not 20".
[[nodiscard]] alys::result<block> block_from_protobuf(bytes_view);

} // namespace alys::domain
