// SPDX-License-Identifier: Apache-2.0
//
// From TOML values to fields: which kind of value fits which type, and what to say if it does not. The parser stays behind this, in one
// source file: its headers cost seconds.
#pragma once

#include <alys/actors/config.hpp>
#include <alys/actors/config_text.hpp>
#include <alys/actors/duration_text.hpp>
#include <alys/actors/enum_names.hpp>

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alys::detail {

// One value of a document, as long as that lives; or none, for what the document does not mention.
class toml_value {
public:
  enum class kind : std::uint8_t { none, boolean, integer, floating, string, array, table, other };

  toml_value() noexcept = default;
  toml_value(const void* node, std::uint32_t line) noexcept : node_(node), line_(line) {}

  [[nodiscard]] explicit operator bool() const noexcept { return node_ != nullptr; }
  [[nodiscard]] kind what() const noexcept;
  // Each requires its kind.
  [[nodiscard]] bool boolean() const noexcept;
  [[nodiscard]] std::int64_t integer() const noexcept;
  [[nodiscard]] double floating() const noexcept;
  [[nodiscard]] std::string_view string() const noexcept;
  [[nodiscard]] std::vector<toml_value> elements() const;
  [[nodiscard]] std::vector<std::pair<std::string, toml_value>> entries() const; // in the order of the document
  // As it stands in the document, or the beginning of it.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::uint32_t line() const noexcept { return line_; } // of its key, from 1; 0 for none

private:
  const void* node_ = nullptr;
  std::uint32_t line_ = 0;
};

// A parsed text and everything that is wrong with it.
class toml_document {
public:
  toml_document(std::string_view text, std::string_view name);
  ~toml_document();
  toml_document(const toml_document&) = delete;
  toml_document& operator=(const toml_document&) = delete;

  [[nodiscard]] bool malformed() const noexcept;
  [[nodiscard]] bool refused() const noexcept;
  [[nodiscard]] toml_value root() const noexcept;
  void refuse(const toml_value& at, const std::string& key, const std::string& why);
  // One problem a line, in the order of the document.
  [[nodiscard]] std::string problems() const;

private:
  struct content;
  std::unique_ptr<content> content_;
};

// A whole number with a type of its own, like a height or an amount.
template <class T>
concept strong_integer = std::is_class_v<T> && requires(const T& number) {
  { number.value() } -> std::integral;
} && std::constructible_from<T, decltype(std::declval<const T&>().value())>;

template <class T>
inline constexpr bool unsupported = false;

// A struct that wants every field mentioned.
template <class T>
concept complete_struct = requires {
  requires T::complete;
};

template <class T>
inline constexpr bool may_be_missing = false;
template <class T>
inline constexpr bool may_be_missing<std::optional<T>> = true;

// What a whole number of this type may be, in words.
template <std::integral T>
[[nodiscard]] std::string range_of() {
  return "must be a whole number from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
         std::to_string(std::numeric_limits<T>::max());
}

// What a value of this type must be, in words. The tags of the templates are for what stands around another type.
template <class T>
[[nodiscard]] std::string must_be(tag<T>) {
  if constexpr (reflected<T>) return "must be a table";
  else if constexpr (std::same_as<T, bool>) return "must be true or false";
  else if constexpr (std::integral<T>) return range_of<T>();
  else if constexpr (std::floating_point<T>) return "must be a number";
  else if constexpr (named_enum<T>) return "must be one of " + enum_names<T>();
  else if constexpr (config_text<T>) return "must be " + std::string{alys_text_form(tag<T>{})};
  else if constexpr (strong_integer<T>) return range_of<std::remove_cvref_t<decltype(std::declval<const T&>().value())>>();
  else return "must be a string";
}
template <class Rep, class Period>
[[nodiscard]] std::string must_be(tag<std::chrono::duration<Rep, Period>>) {
  return "must be a duration with a unit, like \"30s\" or \"250ms\"";
}
template <class T>
[[nodiscard]] std::string must_be(tag<std::vector<T>>) {
  return "must be an array";
}
template <class T>
[[nodiscard]] std::string must_be(tag<std::map<std::string, T>>) {
  return "must be a table";
}

// Reads values into fields. Each read_* answers whether it could; what it could not read is left as it was, and refused.
class toml_reader {
public:
  explicit toml_reader(toml_document& document) noexcept : document_(document) {}

  // `table` may be none: then everything keeps its default, and only what validate() says counts.
  template <reflected T>
  bool read_struct(const toml_value& table, T& into, const std::string& key) {
    if (table && table.what() != toml_value::kind::table) return refuse(table, key, must_be(tag<T>{}));
    const auto entries = table ? table.entries() : std::vector<std::pair<std::string, toml_value>>{};
    std::vector<std::string_view> known;
    bool good = true;
    visit_fields(into, [&](std::string_view name, auto& field) {
      known.push_back(name);
      const toml_value value = find(entries, name);
      using type = std::remove_cvref_t<decltype(field)>;
      bool missing = false;
      if constexpr (complete_struct<T> && !may_be_missing<type>)
        missing = !value && !refuse_missing(table, join(key, name), must_be(tag<type>{}));
      if (missing) good = false;
      else if constexpr (reflected<type>) good &= read_struct(value, field, join(key, name));
      else if (value) good &= read(value, field, join(key, name));
    });
    good &= refuse_unknown(entries, known, key);
    if constexpr (requires(problem_list & found) { into.validate(found); }) {
      if (good) good = check(table, entries, into, key);
    }
    return good;
  }

private:
  using entry_list = std::vector<std::pair<std::string, toml_value>>;

  bool refuse(const toml_value& at, const std::string& key, const std::string& why) {
    document_.refuse(at, key, why);
    return false;
  }
  [[nodiscard]] static toml_value find(const entry_list& entries, std::string_view name) noexcept;
  [[nodiscard]] static toml_value find_place(const entry_list& entries, std::string_view path);
  [[nodiscard]] static std::string join(const std::string& key, std::string_view name);
  bool refuse_missing(const toml_value& table, const std::string& key, const std::string& wanted) {
    return refuse(toml_value{nullptr, table.line()}, key, "is missing; it " + wanted);
  }
  bool refuse_unknown(const entry_list& entries, const std::vector<std::string_view>& known, const std::string& key);
  bool refuse_invalid(const toml_value& table, const entry_list& entries, const problem_list& found, const std::string& key);

  template <class T>
  bool check(const toml_value& table, const entry_list& entries, const T& value, const std::string& key) {
    problem_list found;
    value.validate(found);
    return refuse_invalid(table, entries, found, key);
  }

  template <class T>
  bool read(const toml_value& from, T& into, const std::string& key) {
    if constexpr (reflected<T>) return read_struct(from, into, key);
    else if constexpr (std::same_as<T, bool>) return read_boolean(from, into, key);
    else if constexpr (std::integral<T>) return read_integer(from, into, key);
    else if constexpr (std::floating_point<T>) return read_floating(from, into, key);
    else if constexpr (named_enum<T>) return read_enum(from, into, key);
    else if constexpr (config_text<T>) return read_text(from, into, key);
    else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::filesystem::path>) return read_string(from, into, key);
    else return read_other(from, into, key);
  }

  bool read_boolean(const toml_value& from, bool& into, const std::string& key) {
    if (from.what() != toml_value::kind::boolean) return refuse(from, key, must_be(tag<bool>{}));
    into = from.boolean();
    return true;
  }

  // TOML's whole numbers have 63 bits. A larger unsigned one is written as a string of digits.
  template <std::integral T>
  bool read_integer(const toml_value& from, T& into, const std::string& key) {
    if (from.what() == toml_value::kind::integer && std::in_range<T>(from.integer())) {
      into = static_cast<T>(from.integer());
      return true;
    }
    if constexpr (std::same_as<T, std::uint64_t>) {
      if (from.what() == toml_value::kind::string) {
        const std::string_view digits = from.string();
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), into);
        if (read.ec == std::errc{} && read.ptr == digits.data() + digits.size()) return true;
      }
    }
    return refuse(from, key, must_be(tag<T>{}));
  }

  template <std::floating_point T>
  bool read_floating(const toml_value& from, T& into, const std::string& key) {
    if (from.what() == toml_value::kind::floating) into = static_cast<T>(from.floating());
    else if (from.what() == toml_value::kind::integer) into = static_cast<T>(from.integer());
    else return refuse(from, key, must_be(tag<T>{}));
    return true;
  }

  template <named_enum T>
  bool read_enum(const toml_value& from, T& into, const std::string& key) {
    const auto found = from.what() == toml_value::kind::string ? enum_value<T>(from.string()) : std::nullopt;
    if (!found) return refuse(from, key, must_be(tag<T>{}));
    into = *found;
    return true;
  }

  template <config_text T>
  bool read_text(const toml_value& from, T& into, const std::string& key) {
    auto parsed = from.what() == toml_value::kind::string ? alys_parse_text(from.string(), tag<T>{}) : std::nullopt;
    if (!parsed) return refuse(from, key, must_be(tag<T>{}));
    into = *std::move(parsed);
    return true;
  }

  template <class T>
  bool read_string(const toml_value& from, T& into, const std::string& key) {
    if (from.what() != toml_value::kind::string) return refuse(from, key, must_be(tag<T>{}));
    into = T{from.string()};
    return true;
  }

  template <strong_integer T>
  bool read_other(const toml_value& from, T& into, const std::string& key) {
    auto number = into.value();
    if (!read(from, number, key)) return false;
    into = T{number};
    return true;
  }

  template <std::integral Rep, class Period>
  bool read_other(const toml_value& from, std::chrono::duration<Rep, Period>& into, const std::string& key) {
    using duration = std::chrono::duration<Rep, Period>;
    if (from.what() != toml_value::kind::string) return refuse(from, key, must_be(tag<duration>{}));
    const auto parsed = parse_duration(from.string());
    if (!parsed)
      return refuse(from, key, "must be a duration: whole numbers with a unit out of h, m, s, ms, us, ns, like \"250ms\" or \"1h30m\"");
    const auto rounded = std::chrono::duration_cast<std::chrono::duration<std::int64_t, Period>>(*parsed);
    if (rounded != *parsed) return refuse(from, key, "must be a multiple of " + to_text(duration{1}));
    if (!std::in_range<Rep>(rounded.count()))
      return refuse(from, key, "must be at most " + to_text(duration{std::numeric_limits<Rep>::max()}));
    into = duration{static_cast<Rep>(rounded.count())};
    return true;
  }

  template <class T>
  bool read_other(const toml_value& from, std::optional<T>& into, const std::string& key) {
    T value = into.value_or(T{});
    if (!read(from, value, key)) return false;
    into = std::move(value);
    return true;
  }

  template <class T>
  bool read_other(const toml_value& from, std::vector<T>& into, const std::string& key) {
    if (from.what() != toml_value::kind::array) return refuse(from, key, must_be(tag<std::vector<T>>{}));
    std::vector<T> values;
    bool good = true;
    for (const toml_value& element : from.elements()) {
      T value{};
      good &= read(element, value, key + '[' + std::to_string(values.size()) + ']');
      values.push_back(std::move(value));
    }
    if (good) into = std::move(values);
    return good;
  }

  template <class T>
  bool read_other(const toml_value& from, std::map<std::string, T>& into, const std::string& key) {
    if (from.what() != toml_value::kind::table) return refuse(from, key, must_be(tag<std::map<std::string, T>>{}));
    std::map<std::string, T> values;
    bool good = true;
    for (const auto& [name, element] : from.entries()) good &= read(element, values[name], join(key, name));
    if (good) into = std::move(values);
    return good;
  }

  template <class T>
  bool read_other(const toml_value&, T&, const std::string&) {
    static_assert(unsupported<T>,
                  "alys: this type cannot be read from TOML; see the list at the top of toml.hpp (an enum needs ALYS_ENUM)");
    return false;
  }

  toml_document& document_;
};

} // namespace alys::detail
