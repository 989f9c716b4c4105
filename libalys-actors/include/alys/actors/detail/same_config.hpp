// SPDX-License-Identifier: Apache-2.0
//
// Whether two configurations are the same, field by field.
#pragma once

#include <alys/actors/message.hpp>

#include <concepts>
#include <vector>

namespace alys::detail {

// A field that cannot be compared counts as different: rather one reload too many.
template <class T>
[[nodiscard]] bool same_config(const T& a, const T& b) {
  if constexpr (std::equality_comparable<T>) {
    return a == b;
  } else if constexpr (reflected<T>) {
    std::vector<const void*> fields;
    visit_fields(a, [&](std::string_view, const auto& field) { fields.push_back(&field); });
    bool same = true;
    std::size_t i = 0;
    visit_fields(b, [&](std::string_view, const auto& field) {
      same = same && same_config(*static_cast<decltype(&field)>(fields[i]), field);
      ++i;
    });
    return same;
  } else {
    return false;
  }
}

} // namespace alys::detail
