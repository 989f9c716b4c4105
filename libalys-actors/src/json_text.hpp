// SPDX-License-Identifier: Apache-2.0
//
// Strings in JSON (RFC 8259).
#pragma once

#include <string>
#include <string_view>

namespace alys {

[[nodiscard]] std::string quoted(std::string_view raw);

} // namespace alys
