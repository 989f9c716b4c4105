// SPDX-License-Identifier: Apache-2.0
//
// A reply of ours as a CAF message, without knowing its type at compile time: CAF sees one element of the reply's type, which stays in
// the reply's own block.
#pragma once

#include <alys/actors/detail/envelope.hpp>

#include <caf/message.hpp>

namespace alys::detail {

// Requires a reply that is no error. A `void` reply becomes an empty message.
[[nodiscard]] caf::message to_message(reply_ptr reply);

} // namespace alys::detail
