// SPDX-License-Identifier: Apache-2.0
//
// What the program says to people, and how it says why it ends.
#pragma once

#include "exit_codes.hpp"

#include <cstdio>
#include <string_view>

namespace alysd {

// Opens /dev/null in place of each standard stream that the process was started without. Else the first files of the node would get their
// numbers, and what is printed would be written into them. To be called before any file is opened.
void require_standard_streams();

// Writes, and flushes. A reader that went away, or a full disk behind the stream, must not end a node: what cannot be written is lost.
void put(std::FILE* to, std::string_view text) noexcept;

// Says on standard error what went wrong: `before`, and the text of the error; codes are for programs. Gives the exit code that means it.
[[nodiscard]] exit_code complain(const alys::error& why, std::string_view before = {});

} // namespace alysd
