// SPDX-License-Identifier: Apache-2.0
//
// How messages look between nodes: fields in the order of their announcement, numbers little-endian and of fixed size, everything of
// variable length after its 32-bit count. Reading is total: whatever the bytes, it says yes or no, and never takes more memory than a fixed
// multiple of what it was given.
#pragma once

#include <alys/actors/message.hpp>

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace alys::detail {

class wire_writer {
public:
  template <class Integer>
  void number(Integer value) {
    auto rest = static_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i < sizeof(Integer); ++i, rest >>= 8) bytes_.push_back(static_cast<char>(rest & 0xff));
  }
  void count(std::size_t n) { number(static_cast<std::uint32_t>(n)); }
  void text(std::string_view t) {
    count(t.size());
    bytes_.append(t);
  }
  void raw(std::string_view t) { bytes_.append(t); }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] std::string take() noexcept { return std::move(bytes_); }

private:
  std::string bytes_;
};

// Each function is false once the bytes are not what they should be.
class wire_reader {
public:
  explicit wire_reader(std::string_view bytes) noexcept : rest_(bytes) {}
  template <class Integer>
  [[nodiscard]] bool number(Integer& value) noexcept {
    if (rest_.size() < sizeof(Integer)) return false;
    std::uint64_t sum = 0;
    for (std::size_t i = sizeof(Integer); i-- > 0;) sum = (sum << 8) | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(sizeof(Integer));
    value = static_cast<Integer>(sum);
    return true;
  }
  // A count of things that take a byte each at least.
  [[nodiscard]] bool count(std::size_t& n) noexcept {
    std::uint32_t said = 0;
    if (!number(said) || said > rest_.size()) return false;
    n = said;
    return true;
  }
  [[nodiscard]] bool text(std::string& into) {
    std::size_t n = 0;
    if (!count(n)) return false;
    into.assign(rest_.substr(0, n));
    rest_.remove_prefix(n);
    return true;
  }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  // Structs within structs, as a type that holds itself can nest them.
  [[nodiscard]] bool enter() noexcept { return ++depth_ <= max_depth; }
  void leave() noexcept { --depth_; }

private:
  static constexpr int max_depth = 64;
  std::string_view rest_;
  int depth_ = 0;
};

// One specialisation a kind of type: write, read, and its shape in words, which are the same on every node that has the same type.
template <class T>
struct wire_form {
  static constexpr bool exists = false;
};

template <class T>
concept on_wire = wire_form<std::remove_cvref_t<T>>::exists;

template <>
struct wire_form<bool> {
  static constexpr bool exists = true;
  static void write(wire_writer& to, bool v) { to.number(static_cast<std::uint8_t>(v)); }
  [[nodiscard]] static bool read(wire_reader& from, bool& v) {
    std::uint8_t byte = 0;
    if (!from.number(byte) || byte > 1) return false;
    v = byte == 1;
    return true;
  }
  static void shape(std::string& into) { into += "bool"; }
};

template <class T>
  requires std::is_integral_v<T>
struct wire_form<T> {
  static constexpr bool exists = true;
  static void write(wire_writer& to, T v) { to.number(v); }
  [[nodiscard]] static bool read(wire_reader& from, T& v) { return from.number(v); }
  static void shape(std::string& into) { into.append(1, std::is_signed_v<T> ? 'i' : 'u').append(std::to_string(8 * sizeof(T))); }
};

template <class T>
  requires std::is_enum_v<T>
struct wire_form<T> {
  using number = std::underlying_type_t<T>;
  static constexpr bool exists = true;
  static void write(wire_writer& to, T v) { wire_form<number>::write(to, static_cast<number>(v)); }
  [[nodiscard]] static bool read(wire_reader& from, T& v) {
    number n{};
    if (!wire_form<number>::read(from, n)) return false;
    v = static_cast<T>(n);
    return true;
  }
  static void shape(std::string& into) {
    into += "enum ";
    wire_form<number>::shape(into);
  }
};

template <class T>
  requires std::is_same_v<T, float> || std::is_same_v<T, double>
struct wire_form<T> {
  using number = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  static constexpr bool exists = true;
  static void write(wire_writer& to, T v) { to.number(std::bit_cast<number>(v)); }
  [[nodiscard]] static bool read(wire_reader& from, T& v) {
    number n{};
    if (!from.number(n)) return false;
    v = std::bit_cast<T>(n);
    return true;
  }
  static void shape(std::string& into) { into += sizeof(T) == 4 ? "f32" : "f64"; }
};

template <>
struct wire_form<std::string> {
  static constexpr bool exists = true;
  static void write(wire_writer& to, const std::string& v) { to.text(v); }
  [[nodiscard]] static bool read(wire_reader& from, std::string& v) { return from.text(v); }
  static void shape(std::string& into) { into += "text"; }
};

template <class Rep, class Period>
  requires std::is_integral_v<Rep>
struct wire_form<std::chrono::duration<Rep, Period>> {
  using type = std::chrono::duration<Rep, Period>;
  static constexpr bool exists = true;
  static void write(wire_writer& to, type v) { to.number(static_cast<std::int64_t>(v.count())); }
  [[nodiscard]] static bool read(wire_reader& from, type& v) {
    std::int64_t n = 0;
    if (!from.number(n)) return false;
    v = type{static_cast<Rep>(n)};
    return true;
  }
  static void shape(std::string& into) {
    into.append("duration ").append(std::to_string(Period::num)).append("/").append(std::to_string(Period::den));
  }
};

template <class T>
struct wire_form<std::optional<T>> {
  static constexpr bool exists = on_wire<T>;
  static void write(wire_writer& to, const std::optional<T>& v) {
    wire_form<bool>::write(to, v.has_value());
    if (v) wire_form<T>::write(to, *v);
  }
  [[nodiscard]] static bool read(wire_reader& from, std::optional<T>& v) {
    bool there = false;
    if (!wire_form<bool>::read(from, there)) return false;
    v.reset();
    return !there || wire_form<T>::read(from, v.emplace());
  }
  static void shape(std::string& into) {
    into += "optional ";
    wire_form<T>::shape(into);
  }
};

template <class A, class B>
struct wire_form<std::pair<A, B>> {
  static constexpr bool exists = on_wire<A> && on_wire<B>;
  static void write(wire_writer& to, const std::pair<A, B>& v) {
    wire_form<std::remove_const_t<A>>::write(to, v.first);
    wire_form<B>::write(to, v.second);
  }
  [[nodiscard]] static bool read(wire_reader& from, std::pair<A, B>& v) {
    return wire_form<A>::read(from, v.first) && wire_form<B>::read(from, v.second);
  }
  static void shape(std::string& into) {
    into += "pair ";
    wire_form<std::remove_const_t<A>>::shape(into);
    into += ' ';
    wire_form<B>::shape(into);
  }
};

template <class T, std::size_t N>
struct wire_form<std::array<T, N>> {
  static constexpr bool exists = on_wire<T>;
  static void write(wire_writer& to, const std::array<T, N>& v) {
    for (const T& each : v) wire_form<T>::write(to, each);
  }
  [[nodiscard]] static bool read(wire_reader& from, std::array<T, N>& v) {
    for (T& each : v) {
      if (!wire_form<T>::read(from, each)) return false;
    }
    return true;
  }
  static void shape(std::string& into) {
    into.append("array ").append(std::to_string(N)).append(" ");
    wire_form<T>::shape(into);
  }
};

// Containers that grow by one element at a time: so a count that lies ends with the bytes, not with the memory.
template <class Container, class Element>
struct wire_list {
  static void write(wire_writer& to, const Container& v) {
    to.count(v.size());
    for (const auto& each : v) wire_form<Element>::write(to, each);
  }
  [[nodiscard]] static bool read(wire_reader& from, Container& v) {
    std::size_t n = 0;
    if (!from.count(n)) return false;
    v.clear();
    for (; n > 0; --n) {
      Element each{};
      const std::size_t before = from.rest().size();
      if (!wire_form<Element>::read(from, each) || from.rest().size() == before) return false;
      v.insert(v.end(), std::move(each));
    }
    return true;
  }
};

template <class T>
struct wire_form<std::vector<T>> : wire_list<std::vector<T>, T> {
  static constexpr bool exists = true; // its element may be the type that holds it, so it is asked later
  static void shape(std::string& into) {
    into += "list ";
    wire_form<T>::shape(into);
  }
};
template <class T>
struct wire_form<std::set<T>> : wire_list<std::set<T>, T> {
  static constexpr bool exists = on_wire<T>;
  static void shape(std::string& into) {
    into += "set ";
    wire_form<T>::shape(into);
  }
};
template <class K, class V>
struct wire_form<std::map<K, V>> : wire_list<std::map<K, V>, std::pair<K, V>> {
  static constexpr bool exists = on_wire<K> && on_wire<V>;
  static void write(wire_writer& to, const std::map<K, V>& v) {
    to.count(v.size());
    for (const auto& each : v) wire_form<std::pair<const K, V>>::write(to, each);
  }
  static void shape(std::string& into) {
    into += "map ";
    wire_form<std::pair<K, V>>::shape(into);
  }
};

template <reflected T>
struct wire_form<T> {
  static constexpr bool exists = true;
  static void write(wire_writer& to, const T& v) {
    visit_fields(v, [&to](std::string_view, const auto& field) {
      using type = std::remove_cvref_t<decltype(field)>;
      static_assert(on_wire<type>, "alys: a message or config for another node has a field whose type has no form on the wire");
      if constexpr (on_wire<type>) wire_form<type>::write(to, field);
    });
  }
  [[nodiscard]] static bool read(wire_reader& from, T& v) {
    bool good = from.enter();
    visit_fields(v, [&](std::string_view, auto& field) {
      using type = std::remove_cvref_t<decltype(field)>;
      if constexpr (on_wire<type>) good = good && wire_form<type>::read(from, field);
    });
    from.leave();
    return good;
  }
  static void shape(std::string& into) {
    thread_local int depth = 0; // of a type that holds itself, its first levels say enough
    into += '{';
    if (++depth <= 8) {
      T* none = nullptr;
      shape_of_fields(into, none);
    }
    --depth;
    into += '}';
  }

private:
  static void shape_of_fields(std::string& into, T*) {
    T example{};
    visit_fields(example, [&](std::string_view name, const auto& field) {
      into.append(name) += ':';
      wire_form<std::remove_cvref_t<decltype(field)>>::shape(into);
      into += ';';
    });
  }
};

// FNV-1a, 64 bits.
[[nodiscard]] inline std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// Tells versions of a type apart: over its name, its fields' names and types, and theirs.
template <reflected T>
[[nodiscard]] std::uint64_t shape_of() {
  std::string text{type_name<T>()};
  wire_form<T>::shape(text);
  if constexpr (request<T>) {
    text += " -> ";
    if constexpr (!std::is_void_v<reply_t<T>>) wire_form<reply_t<T>>::shape(text);
  }
  return hash_of(text);
}

} // namespace alys::detail
