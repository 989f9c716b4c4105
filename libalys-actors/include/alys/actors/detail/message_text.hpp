// SPDX-License-Identifier: Apache-2.0
//
// A message in words, field by field, and how much memory it holds: derived from its ALYS_MESSAGE line. Secrets are left out, what cannot
// be printed is shown as "...", and long things are cut short.
#pragma once

#include <alys/actors/message.hpp>
#include <alys/actors/secret.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace alys::detail {

// Writes at most so many bytes, and counts all that is shown to it.
class message_text {
public:
  explicit message_text(std::size_t most) noexcept : most_(most) {}
  void put(std::string_view raw) {
    if (text_.size() >= most_) return;
    const bool fits = raw.size() <= most_ - text_.size();
    text_ += raw.substr(0, most_ - text_.size());
    if (!fits) text_ += "...";
  }
  void put_quoted(std::string_view content);
  void put_number(std::int64_t n) { put(std::to_string(n)); }
  void put_number(std::uint64_t n) { put(std::to_string(n)); }
  void put_number(double n);
  // Memory of its own besides its object.
  void owns(std::size_t bytes) noexcept { owned_ += bytes; }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::size_t owned() const noexcept { return owned_; }

private:
  std::size_t most_;
  std::string text_;
  std::size_t owned_ = 0;
};

template <class T>
inline constexpr bool is_secret = false;
template <class T>
inline constexpr bool is_secret<secret<T>> = true;

template <class T>
concept pair_like = requires(const T& v) {
  v.first;
  v.second;
};
template <class T>
concept optional_like = requires(const T& v) {
  v.has_value();
  *v;
};
template <class T>
concept duration_like = requires(const T& v) {
  typename T::period;
  static_cast<std::int64_t>(v.count());
};
template <class T>
concept range_like = requires(const T& v) {
  v.begin() != v.end();
  *v.begin();
  v.size();
};

template <class T>
void describe(const T& value, message_text& out) {
  if constexpr (is_secret<T>) {
    message_text unseen{0}; // only its memory counts
    describe(value.reveal(), unseen);
    out.owns(unseen.owned());
    out.put("(secret)");
  } else if constexpr (reflected<T>) {
    out.put("{");
    std::string_view before{};
    visit_fields(value, [&](std::string_view name, const auto& field) {
      out.put(before);
      out.put(name);
      out.put(": ");
      describe(field, out);
      before = ", ";
    });
    out.put("}");
  } else if constexpr (std::is_same_v<T, bool>) {
    out.put(value ? "true" : "false");
  } else if constexpr (std::is_enum_v<T>) {
    describe(static_cast<std::underlying_type_t<T>>(value), out);
  } else if constexpr (std::is_floating_point_v<T>) {
    out.put_number(static_cast<double>(value));
  } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
    out.put_number(static_cast<std::int64_t>(value));
  } else if constexpr (std::is_integral_v<T>) {
    out.put_number(static_cast<std::uint64_t>(value));
  } else if constexpr (std::is_convertible_v<const T&, std::string_view> && !std::is_pointer_v<T>) {
    const std::string_view content = value;
    out.owns(content.size());
    out.put_quoted(content);
  } else if constexpr (duration_like<T>) {
    out.put_number(static_cast<std::int64_t>(value.count()));
  } else if constexpr (optional_like<T>) {
    if (value.has_value()) describe(*value, out);
    else out.put("none");
  } else if constexpr (pair_like<T>) {
    describe(value.first, out);
    out.put(": ");
    describe(value.second, out);
  } else if constexpr (range_like<T>) {
    using element = std::remove_cvref_t<decltype(*value.begin())>;
    out.owns(value.size() * sizeof(element));
    out.put("[");
    std::string_view before{};
    for (const auto& each : value) {
      out.put(before);
      describe(each, out);
      before = ", ";
    }
    out.put("]");
  } else {
    out.put("...");
  }
}

template <message M>
void describe_message(const void* value, message_text& out) {
  out.owns(sizeof(M));
  describe(*static_cast<const M*>(value), out);
}

} // namespace alys::detail
