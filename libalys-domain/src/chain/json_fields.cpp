// SPDX-License-Identifier: Apache-2.0
#include "json_fields.hpp"

#include <alys/domain/primitives/hex.hpp>

#include <algorithm>

namespace alys::domain {
namespace {

constexpr std::size_t longest_value_shown = 60;

[[nodiscard]] std::string shown(const json_value& value) {
  if (const auto* text = value.as_string()) {
    std::string begin{*text, 0, longest_value_shown};
    if (begin.size() < text->size()) begin += "...";
    return json_quoted(begin);
  }
  if (const auto* number = value.as_number()) return number->text.substr(0, longest_value_shown);
  if (const auto* flag = value.as_bool()) return *flag ? "true" : "false";
  if (value.as_array() != nullptr) return "[...]";
  return value.as_object() != nullptr ? "{...}" : "null";
}

// Walks a document that is known to be right, so that only strings and brackets need a look.
class line_finder {
public:
  explicit line_finder(std::string_view text) : text_(text) {}

  [[nodiscard]] std::map<std::string, std::size_t> take() && {
    value("");
    return std::move(found_);
  }

private:
  [[nodiscard]] char now() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void step() {
    line_ += now() == '\n' ? 1 : 0;
    ++at_;
  }

  void skip_space() {
    while (at_ < text_.size() && std::string_view{" \t\r\n"}.find(now()) != std::string_view::npos) step();
  }

  // A name as it is written: those with escapes are none that anybody asks for.
  [[nodiscard]] std::string string() {
    const std::size_t begin = at_ + 1;
    for (step(); at_ < text_.size() && now() != '"'; step()) {
      if (now() == '\\') step();
    }
    const std::string inside{text_.substr(begin, at_ - begin)};
    step();
    return inside;
  }

  void value(const std::string& path) {
    skip_space();
    found_.try_emplace(path, line_);
    if (now() == '{') object(path);
    else if (now() == '[') array(path);
    else if (now() == '"') static_cast<void>(string());
    else
      while (at_ < text_.size() && std::string_view{" \t\r\n,]}"}.find(now()) == std::string_view::npos) step();
    skip_space();
  }

  void object(const std::string& path) {
    for (step(), skip_space(); at_ < text_.size() && now() != '}'; skip_space()) {
      if (now() == ',') {
        step();
        continue;
      }
      const std::string member = path.empty() ? string() : path + '.' + string();
      found_.try_emplace(member, line_);
      for (skip_space(); now() == ':'; skip_space()) step();
      value(member);
    }
    step();
  }

  void array(const std::string& path) {
    std::size_t index = 0;
    for (step(), skip_space(); at_ < text_.size() && now() != ']'; skip_space()) {
      if (now() == ',') step();
      else value(path + '[' + std::to_string(index++) + ']');
    }
    step();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::map<std::string, std::size_t> found_;
};

[[nodiscard]] std::optional<bytes> bytes_in(const json_value& value) {
  const std::string* text = value.as_string();
  if (text == nullptr) return std::nullopt;
  const auto read = text->starts_with("0x") ? from_hex(*text) : from_hex_digits(*text);
  return read ? std::optional{*read} : std::nullopt;
}

} // namespace

std::map<std::string, std::size_t> json_lines(std::string_view document) { return line_finder{document}.take(); }

json_fields::json_fields(std::string_view text, const json_value& document, std::string_view name)
    : document_(document), name_(name), lines_(json_lines(text)) {}

const json_value* json_fields::find(std::string_view path) const {
  const json_value* at = &document_;
  while (!path.empty() && at != nullptr) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    at = at->member(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return at;
}

// Of what is missing, the line of what it should be in.
std::size_t json_fields::line(std::string path) const {
  for (;;) {
    if (const auto found = lines_.find(path); found != lines_.end()) return found->second;
    if (path.empty()) return 1;
    const auto last = path.find_last_of(".[");
    path.resize(last == std::string::npos ? 0 : last);
  }
}

std::string json_fields::place(const std::string& path) const {
  std::string text = name_ + ':' + std::to_string(line(path)) + ": " + path;
  const auto bracket = path.find('[');
  const json_value* value = find(std::string_view{path}.substr(0, bracket));
  if (value != nullptr && bracket != std::string::npos && value->as_array() != nullptr) {
    const std::size_t index = std::stoul(path.substr(bracket + 1));
    value = index < value->as_array()->size() ? &(*value->as_array())[index] : nullptr;
  }
  if (value != nullptr && !path.empty()) text += " = " + shown(*value);
  return text;
}

void json_fields::refuse(const std::string& path, const std::string& why) {
  problems_.emplace(line(path), place(path) + (path.empty() ? "" : ": ") + why);
}

std::string json_fields::problems() const {
  std::string text;
  for (const auto& [line, problem] : problems_) text += (text.empty() ? "" : "\n") + problem;
  return text;
}

const json_value* json_fields::wanted(const std::string& path, const std::string& must_be) {
  const json_value* value = find(path);
  if (value == nullptr) refuse(path, "is missing; it " + must_be);
  return value;
}

std::uint64_t json_fields::number(const std::string& path, std::uint64_t most) {
  const std::string must_be = "must be a whole number from 0 to " + std::to_string(most);
  const json_value* value = wanted(path, must_be);
  if (value == nullptr) return 0;
  const auto number = value->as_unsigned();
  if (!number || *number > most) refuse(path, must_be);
  return number.value_or(0);
}

bool json_fields::flag(const std::string& path) {
  const json_value* value = wanted(path, "must be true or false");
  if (value == nullptr) return false;
  const bool* flag = value->as_bool();
  if (flag == nullptr) refuse(path, "must be true or false");
  return flag != nullptr && *flag;
}

std::vector<bytes> json_fields::byte_strings(const std::string& path, std::size_t length, std::string_view what) {
  const std::string each_must_be = "must be " + std::string{what} + ", " + std::to_string(2 * length) + " hexadecimal digits";
  const std::string all_must_be = "must be a list, in which each " + each_must_be;
  const json_value* value = wanted(path, all_must_be);
  if (value == nullptr) return {};
  if (value->as_array() == nullptr) {
    refuse(path, all_must_be);
    return {};
  }
  std::vector<bytes> all;
  for (const json_value& each : *value->as_array()) {
    auto data = bytes_in(each);
    if (!data || data->size() != length) refuse(path + '[' + std::to_string(all.size()) + ']', each_must_be);
    all.push_back(data && data->size() == length ? *std::move(data) : bytes(length));
  }
  return all;
}

void json_fields::only(const std::string& path, const std::vector<std::string_view>& names) {
  const json_value* at = find(path);
  if (at == nullptr || at->as_object() == nullptr) return refuse(path, "must be an object");
  for (const auto& [name, value] : *at->as_object()) {
    if (std::ranges::find(names, name) != names.end()) continue;
    std::string allowed;
    for (const std::string_view each : names) allowed += (allowed.empty() ? "" : ", ") + std::string{each};
    refuse(path.empty() ? name : path + '.' + name, "unknown key; allowed: " + allowed);
  }
}

} // namespace alys::domain
