// SPDX-License-Identifier: Apache-2.0
//
// An actor's configuration is a plain struct with defaults, announced with ALYS_CONFIG. It is checked before the actor is built, and
// the same announcement lets the TOML component read it from a file.
//
// A config may say what is out of range in a member `void validate(alys::problem_list&) const`.
//
// ```cpp
// struct ledger_config {
//   std::uint64_t limit = 1'000;
//   void validate(alys::problem_list& found) const {
//     if (limit == 0) found.push_back({"limit", "must be at least 1"});
//   }
// };
// ALYS_CONFIG(ledger_config, limit)
// ```
#pragma once

#include <alys/actors/message.hpp>
#include <alys/actors/problem.hpp>

#define ALYS_CONFIG(...) ALYS_DETAIL_REFLECT(__VA_ARGS__)

namespace alys {

// The config of an actor that has none.
struct no_config {};
ALYS_CONFIG(no_config)

// Collects what `value` says is wrong with it, and with the reflected structs inside it, under their field names.
template <reflected T>
void validate_config(const T& value, problem_list& found) {
  if constexpr (requires { value.validate(found); }) value.validate(found);
  visit_fields(value, [&found](std::string_view name, const auto& field) {
    if constexpr (reflected<std::remove_cvref_t<decltype(field)>>) {
      problem_list inner;
      validate_config(field, inner);
      add_problems(found, std::string{name} + ".", std::move(inner));
    }
  });
}

} // namespace alys
