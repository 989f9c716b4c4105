// SPDX-License-Identifier: Apache-2.0
//
// Rules of chaos as JSON-RPC gives them.
#pragma once

#include <alys/actors/chaos.hpp>
#include <alys/domain/api/json.hpp>

namespace alysd {

// Each an object with the fields of a chaos_rule; durations are text with a unit, as in the configuration. Refuses with
// argument_error::invalid, which names rule and field.
[[nodiscard]] alys::result<std::vector<alys::chaos_rule>> read_chaos_rules(const std::vector<alys::domain::json_value>& rules);

} // namespace alysd
