// SPDX-License-Identifier: Apache-2.0
//
// Reads the tracestate header.
#include <alys/actors/trace_context.hpp>

#include <algorithm>
#include <vector>

namespace alys {
namespace {

constexpr std::size_t long_entry = 128; // beyond it, an entry is the first to be left out

[[nodiscard]] bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
[[nodiscard]] bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] bool in_key(char c) noexcept { return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '*' || c == '/'; }
[[nodiscard]] bool in_value(char c) noexcept { return c >= 0x20 && c <= 0x7e && c != ',' && c != '='; }

// simple-key, or tenant-id "@" system-id
[[nodiscard]] bool is_key(std::string_view key) noexcept {
  const auto at = key.find('@');
  if (at == std::string_view::npos)
    return !key.empty() && key.size() <= 256 && is_lower(key.front()) && std::all_of(key.begin(), key.end(), in_key);
  const auto tenant = key.substr(0, at);
  const auto system = key.substr(at + 1);
  return !tenant.empty() && tenant.size() <= 241 && (is_lower(tenant.front()) || is_digit(tenant.front())) &&
         std::all_of(tenant.begin(), tenant.end(), in_key) && !system.empty() && system.size() <= 14 && is_lower(system.front()) &&
         std::all_of(system.begin(), system.end(), in_key);
}

[[nodiscard]] bool is_value(std::string_view value) noexcept {
  return !value.empty() && value.size() <= 256 && value.back() != ' ' && std::all_of(value.begin(), value.end(), in_value);
}

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

[[nodiscard]] std::size_t joined_size(const std::vector<std::string_view>& entries) noexcept {
  std::size_t size = entries.empty() ? 0 : entries.size() - 1;
  for (const auto entry : entries) size += entry.size();
  return size;
}

void fit(std::vector<std::string_view>& entries) {
  while (joined_size(entries) > max_tracestate_bytes) {
    const auto too_long = std::find_if(entries.rbegin(), entries.rend(), [](std::string_view e) { return e.size() > long_entry; });
    entries.erase(too_long != entries.rend() ? std::prev(too_long.base()) : std::prev(entries.end()));
  }
}

} // namespace

std::string parse_tracestate(std::string_view header) {
  std::vector<std::string_view> entries;
  std::vector<std::string_view> keys;
  for (std::size_t at = 0; at <= header.size();) {
    const auto comma = std::min(header.find(',', at), header.size());
    const auto entry = trimmed(header.substr(at, comma - at));
    at = comma + 1;
    if (entry.empty()) continue;
    const auto equals = entry.find('=');
    const auto key = entry.substr(0, equals);
    if (equals == std::string_view::npos || !is_key(key) || !is_value(entry.substr(equals + 1))) return {};
    if (entries.size() == max_tracestate_entries || std::find(keys.begin(), keys.end(), key) != keys.end()) return {};
    entries.push_back(entry);
    keys.push_back(key);
  }
  fit(entries);
  std::string text;
  for (const auto entry : entries) {
    if (!text.empty()) text += ',';
    text += entry;
  }
  return text;
}

} // namespace alys
