// SPDX-License-Identifier: Apache-2.0
//
// nlohmann::json reads the characters; what they may add up to is decided here, value by value, before memory is taken for more.
#include <alys/domain/api/json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace alys::domain {

// Receives the events of the reader. Any member that answers false ends the reading.
class json_builder {
public:
  explicit json_builder(const json_limits& limits) : limits_(limits) {}

  bool null() { return add(json_value{}); }
  bool boolean(bool value) { return add(json_value{value}); }
  bool number_integer(std::int64_t value) { return add(json_value{json_number{std::to_string(value)}}); }
  bool number_unsigned(std::uint64_t value) { return add(json_value{json_number{std::to_string(value)}}); }
  bool number_float(double, const std::string& text) { return add(json_value{json_number{text}}); }
  bool string(std::string& value) { return add(json_value{std::move(value)}); }
  bool binary(nlohmann::json::binary_t&) { return give_up(json_error::malformed, "binary data"); }

  bool start_array(std::size_t) { return open(json_value{json_value::array{}}); }
  bool end_array() { return close(); }
  bool start_object(std::size_t) { return open(json_value{json_value::object{}}); }
  bool key(std::string& name) {
    names_.back() = std::move(name);
    return true;
  }
  bool end_object() { return names_are_unique() && close(); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& cause) {
    constexpr int number_overflow = 406; // as nlohmann::json documents it
    if (cause.id == number_overflow) return give_up(json_error::number_too_large, "number too large at byte " + std::to_string(position));
    return give_up(json_error::malformed, "malformed at byte " + std::to_string(position));
  }

  alys::result<json_value> take() && {
    if (error_) return error_;
    return std::move(root_);
  }

private:
  bool give_up(json_error code, std::string text) {
    error_ = alys::refuse(code, std::move(text));
    return false;
  }

  bool open(json_value container) {
    if (open_.size() >= limits_.max_depth)
      return give_up(json_error::too_deep, "more than " + std::to_string(limits_.max_depth) + " levels");
    open_.push_back(std::move(container));
    names_.emplace_back();
    return true;
  }

  bool close() {
    auto container = std::move(open_.back());
    open_.pop_back();
    names_.pop_back();
    return add(std::move(container));
  }

  bool add(json_value value) {
    if (++count_ > limits_.max_values) return give_up(json_error::too_many, "more than " + std::to_string(limits_.max_values) + " values");
    if (open_.empty()) root_ = std::move(value);
    else if (auto* list = std::get_if<json_value::array>(&open_.back().content_)) list->push_back(std::move(value));
    else std::get<json_value::object>(open_.back().content_).emplace_back(std::move(names_.back()), std::move(value));
    return true;
  }

  // Sorted, so that no choice of names makes this slow.
  bool names_are_unique() {
    const auto& members = std::get<json_value::object>(open_.back().content_);
    std::vector<std::string_view> names;
    names.reserve(members.size());
    for (const auto& [name, value] : members) names.push_back(name);
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    return twice == names.end() || give_up(json_error::duplicate_name, "member " + json_quoted(*twice) + " named twice");
  }

  json_limits limits_;
  std::vector<json_value> open_;   // the arrays and objects that are not complete yet, outermost first
  std::vector<std::string> names_; // of the next member of each
  std::size_t count_ = 0;
  json_value root_;
  alys::error error_;
};

std::optional<std::uint64_t> json_value::as_unsigned() const noexcept {
  const auto* number = as_number();
  if (number == nullptr) return std::nullopt;
  std::uint64_t value = 0;
  const auto* end = number->text.data() + number->text.size();
  const auto [stop, failed] = std::from_chars(number->text.data(), end, value);
  if (failed != std::errc{} || stop != end) return std::nullopt;
  return value;
}

const json_value* json_value::member(std::string_view name) const noexcept {
  const auto* members = as_object();
  if (members == nullptr) return nullptr;
  const auto found = std::ranges::find(*members, name, &member_type::first);
  return found == members->end() ? nullptr : &found->second;
}

std::string_view json_value::kind() const noexcept {
  static constexpr std::string_view names[] = {"null", "bool", "number", "string", "array", "object"};
  return names[content_.index()];
}

alys::result<json_value> read_json(std::string_view text, const json_limits& limits) {
  json_builder builder{limits};
  // The answer only repeats what the builder knows.
  static_cast<void>(nlohmann::json::sax_parse(text.begin(), text.end(), &builder));
  return std::move(builder).take();
}

std::string json_quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace alys::domain
