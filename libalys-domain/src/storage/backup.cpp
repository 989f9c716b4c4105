// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/storage/backup.hpp>

#include <array>
#include <ctime>
#include <string_view>

namespace alys::domain {

namespace {

constexpr std::string_view alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t longest = 64;

[[nodiscard]] bool is_name(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= longest && alphanumeric.find(name.front()) != std::string_view::npos;
  if (!fits || name.ends_with(".unfinished")) return false;
  for (const char each : name) {
    if (alphanumeric.find(each) == std::string_view::npos && std::string_view{"._-"}.find(each) == std::string_view::npos) return false;
  }
  return true;
}

} // namespace

result<void> check_backup_name(const std::string& name) {
  if (is_name(name)) return {};
  return refuse(
      backup_refusal::bad_name,
      "a backup is named by 1 to 64 letters, digits, dots, hyphens and underscores, a letter or digit first and no .unfinished last; "
      "it goes below the node's storage.backups, and is no path");
}

std::string backup_name_at(unix_milliseconds time) {
  const auto seconds = static_cast<std::time_t>(to_seconds(time).value());
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H-%M-%SZ", &parts)};
}

} // namespace alys::domain
