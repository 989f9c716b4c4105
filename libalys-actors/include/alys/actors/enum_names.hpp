// SPDX-License-Identifier: Apache-2.0
//
// Enums whose enumerators have names that a program can read and write: in configuration files, on command lines, in JSON.
//
// ```cpp
// enum class durability { always, on_import, never };
// ALYS_ENUM(durability, always, on_import, never)
//
// static_assert(alys::enum_name(durability::on_import) == "on_import");
// static_assert(alys::enum_value<durability>("never") == durability::never && !alys::enum_value<durability>("sometimes"));
// ```
#pragma once

#include <alys/actors/error.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace alys {

// One enumerator and its name.
template <class E>
struct enumerator {
  std::string_view name;
  E value;
};

// Enums announced with ALYS_ENUM.
template <class E>
concept named_enum = std::is_enum_v<E> && requires {
  alys_enumerators(tag<E>{});
};

// The name of an enumerator; empty for a value that was not announced.
template <named_enum E>
[[nodiscard]] constexpr std::string_view enum_name(E value) noexcept {
  for (const enumerator<E>& each : alys_enumerators(tag<E>{})) {
    if (each.value == value) return each.name;
  }
  return {};
}

// The enumerator of a name, if there is one. Case matters.
template <named_enum E>
[[nodiscard]] constexpr std::optional<E> enum_value(std::string_view name) noexcept {
  for (const enumerator<E>& each : alys_enumerators(tag<E>{})) {
    if (each.name == name) return each.value;
  }
  return std::nullopt;
}

// All names in the order of their announcement: "always, on_import, never". For messages that say what is allowed.
template <named_enum E>
[[nodiscard]] std::string enum_names() {
  std::string names;
  for (const enumerator<E>& each : alys_enumerators(tag<E>{})) {
    if (!names.empty()) names += ", ";
    names += each.name;
  }
  return names;
}

} // namespace alys

#define ALYS_DETAIL_ENUMERATOR(enumeration, enumerator_name) \
  ::alys::enumerator<enumeration>{#enumerator_name, enumeration::enumerator_name},

// Announces an enum with its enumerators, at namespace scope, next to the enum. At least one.
#define ALYS_ENUM(enumeration, ...) \
  [[nodiscard]] constexpr auto alys_enumerators(::alys::tag<enumeration>) noexcept { \
    return ::std::array{ALYS_DETAIL_FOR_EACH(ALYS_DETAIL_ENUMERATOR, enumeration, __VA_ARGS__)}; \
  }
