// SPDX-License-Identifier: Apache-2.0
//
// From fields to TOML text, in the order of their announcement: a table's plain values first, then the tables inside it, as TOML needs.
#pragma once

#include <alys/actors/detail/toml_read.hpp>

namespace alys::detail {

// A string in quotes, escaped.
[[nodiscard]] std::string toml_string(std::string_view text);
// A number with a point, an exponent, or a name, so that it is read back as one.
[[nodiscard]] std::string toml_floating(double value);
// A key, quoted where it must be.
[[nodiscard]] std::string toml_key(std::string_view name);

template <class T>
inline constexpr bool toml_is_table = reflected<T>;
template <class T>
inline constexpr bool toml_is_table<std::map<std::string, T>> = true;
template <class T>
inline constexpr bool toml_is_table<std::optional<T>> = toml_is_table<T>;
template <class T>
inline constexpr bool toml_is_table_array = false;
template <class T>
inline constexpr bool toml_is_table_array<std::vector<T>> = toml_is_table<T>;

template <strong_integer T>
[[nodiscard]] std::string toml_inline(const T& value);
template <config_text T>
[[nodiscard]] std::string toml_inline(const T& value);
template <class T>
[[nodiscard]] std::string toml_inline(const std::vector<T>& values);
template <class Rep, class Period>
[[nodiscard]] std::string toml_inline(const std::chrono::duration<Rep, Period>& value);

[[nodiscard]] inline std::string toml_inline(const std::string& value) { return toml_string(value); }
[[nodiscard]] inline std::string toml_inline(const std::filesystem::path& value) { return toml_string(value.string()); }
template <std::floating_point T>
[[nodiscard]] std::string toml_inline(const T& value) {
  return toml_floating(static_cast<double>(value));
}
template <named_enum T>
[[nodiscard]] std::string toml_inline(const T& value) {
  return toml_string(enum_name(value));
}
template <std::integral T>
[[nodiscard]] std::string toml_inline(const T& value) {
  if constexpr (std::same_as<T, bool>) return value ? "true" : "false";
  else return std::in_range<std::int64_t>(value) ? std::to_string(value) : toml_string(std::to_string(value));
}
template <strong_integer T>
std::string toml_inline(const T& value) {
  return toml_inline(value.value());
}
template <config_text T>
std::string toml_inline(const T& value) {
  return toml_string(alys_text_of(value));
}
template <class Rep, class Period>
std::string toml_inline(const std::chrono::duration<Rep, Period>& value) {
  return toml_string(to_text(value));
}
template <class T>
std::string toml_inline(const std::vector<T>& values) {
  std::string text;
  for (const T& each : values) text += (text.empty() ? "" : ", ") + toml_inline(each);
  return '[' + text + ']';
}

// The entries of a table that stand on lines of their own.
template <class T>
void write_toml_value(std::string_view name, const T& value, std::string& text) {
  text += toml_key(name) + " = " + toml_inline(value) + '\n';
}
template <class T>
void write_toml_value(std::string_view name, const std::optional<T>& value, std::string& text) {
  if (value) write_toml_value(name, *value, text);
  else text += "# " + toml_key(name) + " is not set\n";
}

inline void write_toml_header(std::string_view open, const std::string& path, std::string_view close, std::string& text) {
  if (!text.empty()) text += '\n';
  text += open;
  text += path;
  text += close;
  text += '\n';
}

template <class Table, class Visitor>
void visit_toml_entries(const Table& table, Visitor&& visitor) {
  if constexpr (reflected<Table>) visit_fields(table, visitor);
  else
    for (const auto& [name, value] : table) visitor(std::string_view{name}, value);
}

template <class Table>
void write_toml_table(const Table& table, const std::string& path, std::string& text);

// A table inside another, or several.
template <class T>
void write_toml_tables(const std::string& path, const T& value, std::string& text) {
  if constexpr (toml_is_table_array<T>) {
    for (const auto& each : value) {
      write_toml_header("[[", path, "]]", text);
      write_toml_table(each, path, text);
    }
  } else {
    write_toml_header("[", path, "]", text);
    write_toml_table(value, path, text);
  }
}
template <class T>
void write_toml_tables(const std::string& path, const std::optional<T>& value, std::string& text) {
  if (value) write_toml_tables(path, *value, text);
}

template <class Table>
void write_toml_table(const Table& table, const std::string& path, std::string& text) {
  visit_toml_entries(table, [&](std::string_view name, const auto& value) {
    using type = std::remove_cvref_t<decltype(value)>;
    if constexpr (toml_is_table_array<type>) {
      if (value.empty()) text += toml_key(name) + " = []\n";
    } else if constexpr (!toml_is_table<type>) {
      write_toml_value(name, value, text);
    }
  });
  visit_toml_entries(table, [&](std::string_view name, const auto& value) {
    using type = std::remove_cvref_t<decltype(value)>;
    if constexpr (toml_is_table<type> || toml_is_table_array<type>)
      write_toml_tables(path.empty() ? toml_key(name) : path + '.' + toml_key(name), value, text);
  });
}

} // namespace alys::detail
