// SPDX-License-Identifier: Apache-2.0
//
// `alysd tree`: asks a running node for its tree of actors and shows it.
#pragma once

#include "exit_codes.hpp"

#include <string>

namespace alysd {

[[nodiscard]] exit_code show_tree(const std::string& url, bool as_json);

} // namespace alysd
