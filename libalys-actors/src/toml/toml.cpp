// SPDX-License-Identifier: Apache-2.0
//
// The parser behind the TOML reader, and the text of values.
#include <alys/actors/toml.hpp>

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

namespace alys::detail {
namespace {

// Deeper keys overflow the parser's stack: it goes down once per part. (Its own limit is for nested values only.)
constexpr std::size_t max_key_parts = 64;
constexpr std::size_t longest_value_shown = 60;

const toml::node& node_of(const void* node) noexcept { return *static_cast<const toml::node*>(node); }

// Skips what begins with the quote at `at`: a string on one line or on several. Returns the place behind it.
std::size_t skip_string(std::string_view text, std::size_t at) noexcept {
  const char quote = text[at];
  const std::string_view three = text.substr(at, 3);
  const bool several_lines = three.size() == 3 && three[1] == quote && three[2] == quote;
  const std::size_t width = several_lines ? 3 : 1;
  for (at += width; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') ++at;
    else if (!several_lines && text[at] == '\n') return at; // an error, for the parser to find
    else if (text[at] == quote && text.substr(at, width) == std::string(width, quote)) return at + width;
  }
  return text.size();
}

// The line of the first key with too many parts; 0 if there is none.
std::uint32_t line_of_too_deep_key(std::string_view text) noexcept {
  std::uint32_t line = 1;
  std::size_t parts = 1;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      const std::size_t behind = skip_string(text, at);
      const std::string_view skipped = text.substr(at, behind - at);
      line += static_cast<std::uint32_t>(std::count(skipped.begin(), skipped.end(), '\n'));
      at = behind;
      continue;
    }
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (c == '.') {
      if (++parts > max_key_parts) return line;
    } else if (c == '\n' || c == '=' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}') {
      parts = 1;
    }
    line += c == '\n' ? 1 : 0;
    ++at;
  }
  return 0;
}

} // namespace

// ---- values ----

toml_value::kind toml_value::what() const noexcept {
  if (node_ == nullptr) return kind::none;
  switch (node_of(node_).type()) {
    case toml::node_type::boolean: return kind::boolean;
    case toml::node_type::integer: return kind::integer;
    case toml::node_type::floating_point: return kind::floating;
    case toml::node_type::string: return kind::string;
    case toml::node_type::array: return kind::array;
    case toml::node_type::table: return kind::table;
    default: return kind::other;
  }
}

bool toml_value::boolean() const noexcept { return node_of(node_).as_boolean()->get(); }
std::int64_t toml_value::integer() const noexcept { return node_of(node_).as_integer()->get(); }
double toml_value::floating() const noexcept { return node_of(node_).as_floating_point()->get(); }
std::string_view toml_value::string() const noexcept { return node_of(node_).as_string()->get(); }

std::vector<toml_value> toml_value::elements() const {
  std::vector<toml_value> found;
  for (const toml::node& each : *node_of(node_).as_array()) found.emplace_back(&each, each.source().begin.line);
  return found;
}

std::vector<std::pair<std::string, toml_value>> toml_value::entries() const {
  std::vector<std::pair<std::string, toml_value>> found;
  for (const auto& [key, value] : *node_of(node_).as_table())
    found.emplace_back(std::string{key.str()}, toml_value{&value, key.source().begin.line});
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.second.line() < b.second.line(); });
  return found;
}

std::string toml_value::text() const {
  std::ostringstream out;
  switch (what()) {
    case kind::none: return {};
    case kind::table: return "{...}";
    case kind::string:
      return toml_string(string().size() > longest_value_shown ? std::string{string().substr(0, longest_value_shown)} + "..."
                                                               : std::string{string()});
    default: node_of(node_).visit([&out](const auto& value) { out << value; });
  }
  std::string shown = out.str();
  if (shown.size() > longest_value_shown) shown = shown.substr(0, longest_value_shown) + "...";
  return shown;
}

// ---- documents ----

struct toml_document::content {
  struct complaint {
    std::uint32_t line;
    std::string text;
  };
  std::string name;
  toml::table root;
  bool malformed = false;
  std::vector<complaint> complaints;
};

toml_document::toml_document(std::string_view text, std::string_view name) : content_(std::make_unique<content>()) {
  content_->name = name;
  if (const std::uint32_t line = line_of_too_deep_key(text); line != 0) {
    content_->malformed = true;
    content_->complaints.push_back({line, "a key has more than " + std::to_string(max_key_parts) + " parts"});
    return;
  }
  try {
    content_->root = toml::parse(text, name);
  } catch (const toml::parse_error& e) {
    content_->malformed = true;
    content_->complaints.push_back({e.source().begin.line, std::string{e.description()}});
  }
}

toml_document::~toml_document() = default;

bool toml_document::malformed() const noexcept { return content_->malformed; }
bool toml_document::refused() const noexcept { return !content_->complaints.empty(); }
toml_value toml_document::root() const noexcept { return {static_cast<const toml::node*>(&content_->root), 1}; }

void toml_document::refuse(const toml_value& at, const std::string& key, const std::string& why) {
  const std::string value = at.what() == toml_value::kind::none || key.empty() ? "" : " = " + at.text();
  content_->complaints.push_back({at.line(), key + value + (key.empty() ? "" : ": ") + why});
}

std::string toml_document::problems() const {
  auto sorted = content_->complaints;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  std::string text;
  for (const auto& each : sorted) {
    if (!text.empty()) text += '\n';
    text += content_->name;
    if (each.line != 0) text += ':' + std::to_string(each.line);
    text += ": " + each.text;
  }
  return text;
}

// ---- reading ----

toml_value toml_reader::find(const entry_list& entries, std::string_view name) noexcept {
  for (const auto& [key, value] : entries) {
    if (key == name) return value;
  }
  return {};
}

std::string toml_reader::join(const std::string& key, std::string_view name) {
  return key.empty() ? toml_key(name) : key + '.' + toml_key(name);
}

bool toml_reader::refuse_unknown(const entry_list& entries, const std::vector<std::string_view>& known, const std::string& key) {
  bool good = true;
  for (const auto& [name, value] : entries) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string allowed;
    for (const std::string_view each : known) allowed += (allowed.empty() ? "" : ", ") + std::string{each};
    good = refuse(value, join(key, name), allowed.empty() ? "unknown key; none is allowed here" : "unknown key; allowed: " + allowed);
  }
  return good;
}

// What a path like "rows[2].name" leads to, or the nearest thing around it that the document has.
toml_value toml_reader::find_place(const entry_list& entries, std::string_view path) {
  const std::size_t end = std::min(path.find_first_of(".["), path.size());
  toml_value at = find(entries, path.substr(0, end));
  for (path.remove_prefix(end); !path.empty();) {
    toml_value next;
    if (std::size_t index = 0; path.front() == '[' && at.what() == toml_value::kind::array) {
      const auto read = std::from_chars(path.data() + 1, path.data() + path.size(), index);
      const auto elements = at.elements();
      if (index < elements.size()) next = elements[index];
      path.remove_prefix(std::min(static_cast<std::size_t>(read.ptr - path.data()) + 1, path.size()));
    } else if (path.front() == '.' && at.what() == toml_value::kind::table) {
      path.remove_prefix(1);
      const std::size_t name_end = std::min(path.find_first_of(".["), path.size());
      next = find(at.entries(), path.substr(0, name_end));
      path.remove_prefix(name_end);
    }
    if (!next) break;
    at = next;
  }
  return at;
}

// A problem is about a field of the struct, or something below it; it is shown where that stands, or else where the struct begins.
bool toml_reader::refuse_invalid(const toml_value& table, const entry_list& entries, const problem_list& found, const std::string& key) {
  for (const problem& p : found) {
    const toml_value value = find_place(entries, p.path);
    const std::string full = key.empty() ? p.path : key + '.' + p.path;
    if (value) refuse(value, full, p.text);
    else refuse(toml_value{nullptr, table.line()}, full, p.text);
  }
  return found.empty();
}

// ---- writing ----

std::string toml_string(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') quoted += '\\', quoted += c;
    else if (c == '\n') quoted += "\\n";
    else if (c == '\t') quoted += "\\t";
    else if (byte < 0x20 || byte == 0x7f) quoted += "\\u00", quoted += digits[byte >> 4], quoted += digits[byte & 15];
    else quoted += c;
  }
  return quoted + '"';
}

std::string toml_floating(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 32> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  std::string text(buffer.data(), written.ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string toml_key(std::string_view name) {
  const auto bare = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), bare) ? std::string{name} : toml_string(name);
}

} // namespace alys::detail

namespace alys {

// ---- files ----

result<std::string> read_config_file(const std::filesystem::path& file, std::size_t max_bytes) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(config_error::unreadable, file.string() + ": cannot be opened: " + std::generic_category().message(errno));
  std::string text(max_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad() || (stream.fail() && !stream.eof())) return fail(config_error::unreadable, file.string() + ": cannot be read");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > max_bytes)
    return fail(config_error::too_large, file.string() + ": is larger than " + std::to_string(max_bytes) + " bytes");
  return text;
}

} // namespace alys
