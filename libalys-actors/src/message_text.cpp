// SPDX-License-Identifier: Apache-2.0
//
// The parts of a message's text that do not depend on its type.
#include <alys/actors/detail/message_text.hpp>

#include <fmt/format.h>

namespace alys::detail {

void message_text::put_number(double n) { put(fmt::format("{}", n)); }

void message_text::put_quoted(std::string_view content) {
  constexpr std::size_t longest = 100;
  put("\"");
  for (const char c : content.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) put(fmt::format("\\x{:02x}", byte));
    else put({&c, 1});
  }
  put(content.size() > longest ? fmt::format("...\" ({} bytes)", content.size()) : "\"");
}

} // namespace alys::detail
