// SPDX-License-Identifier: Apache-2.0
//
// result<T>: a value or an error. What functions return when their caller can act on what went wrong.
//
// ```cpp
// enum class parse_error : std::uint8_t { none, empty };
// ALYS_ERRORS(parse_error, empty)
//
// inline alys::result<int> length(const std::string& text) {
//   if (text.empty()) return alys::refuse(parse_error::empty);
//   return static_cast<int>(text.size());
// }
// inline int length_or_zero(const std::string& text) { return length(text).value_or(0); }
// ```
#pragma once

#include <alys/actors/error.hpp>

#include <stdexcept>
#include <utility>
#include <variant>

namespace alys {

// Thrown by value() of a result that holds an error: a bug in the caller, who did not look.
class bad_result final : public std::logic_error {
public:
  explicit bad_result(alys::error e) : std::logic_error("value() of a result that is an error: " + e.message()), error_(std::move(e)) {}
  [[nodiscard]] const alys::error& cause() const noexcept { return error_; }

private:
  alys::error error_;
};

// Either a T or an error. No more thread-safe than T is.
template <class T>
class [[nodiscard]] result {
public:
  using value_type = T;

  result(T value) : content_(std::in_place_index<0>, std::move(value)) {}   // NOLINT(google-explicit-constructor)
  result(alys::error e) : content_(std::in_place_index<1>, std::move(e)) {} // NOLINT(google-explicit-constructor)
  template <class U>
    requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, result> &&
             !std::is_same_v<std::remove_cvref_t<U>, alys::error> && !std::is_same_v<std::remove_cvref_t<U>, T>)
  result(U&& value) : content_(std::in_place_index<0>, std::forward<U>(value)) {} // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return content_.index() == 0; }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

  // The value. Throws bad_result if this is an error.
  [[nodiscard]] T& value() & {
    require_value();
    return *std::get_if<0>(&content_);
  }
  [[nodiscard]] const T& value() const& {
    require_value();
    return *std::get_if<0>(&content_);
  }
  [[nodiscard]] T&& value() && {
    require_value();
    return std::move(*std::get_if<0>(&content_));
  }
  // The value, without a check: only after has_value().
  [[nodiscard]] T& operator*() & noexcept { return *std::get_if<0>(&content_); }
  [[nodiscard]] const T& operator*() const& noexcept { return *std::get_if<0>(&content_); }
  [[nodiscard]] T&& operator*() && noexcept { return std::move(*std::get_if<0>(&content_)); }
  [[nodiscard]] T* operator->() noexcept { return std::get_if<0>(&content_); }
  [[nodiscard]] const T* operator->() const noexcept { return std::get_if<0>(&content_); }

  template <class U>
  [[nodiscard]] T value_or(U&& fallback) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(fallback));
  }

  // The error; no error if this is a value.
  [[nodiscard]] alys::error error() const {
    const auto* e = std::get_if<1>(&content_);
    return e != nullptr ? *e : alys::error{};
  }

  friend bool operator==(const result& r, const alys::code& c) noexcept {
    const auto* e = std::get_if<1>(&r.content_);
    return e != nullptr && *e == c;
  }
  friend bool operator==(const result& r, const T& value) requires requires(const T& a, const T& b) { a == b; }
  { return r.has_value() && *r == value; }

private:
  void require_value() const {
    if (const auto* e = std::get_if<1>(&content_)) throw bad_result(*e);
  }
  std::variant<T, alys::error> content_;
};

// Done, or an error.
template <>
class [[nodiscard]] result<void> {
public:
  using value_type = void;

  result() noexcept = default;
  result(alys::error e) : error_(std::move(e)) {} // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return !error_; }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }
  // Throws bad_result if this is an error.
  void value() const {
    if (error_) throw bad_result(error_);
  }
  [[nodiscard]] alys::error error() const { return error_; }
  friend bool operator==(const result& r, const alys::code& c) noexcept { return r.error_ == c; }

private:
  alys::error error_;
};

namespace detail {
template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<result<T>> = true;
} // namespace detail

} // namespace alys
