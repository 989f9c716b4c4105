// SPDX-License-Identifier: Apache-2.0
//
// The record behind alys::error, and the words for its parts.
#include <alys/actors/error.hpp>

namespace alys {

struct error::record {
  error_kind kind;
  alys::code code;
  alys::category category;
  std::optional<alys::severity> severity;
  std::string text;
};

error::error(error_kind kind, alys::code code, alys::category category, std::optional<alys::severity> severity, std::string text)
    : record_(std::make_shared<const record>(record{kind, code, category, severity, std::move(text)})) {}

error_kind error::kind() const noexcept { return record_ ? record_->kind : error_kind::refused; }
alys::code error::code() const noexcept { return record_ ? record_->code : alys::code{}; }
alys::category error::category() const noexcept { return record_ ? record_->category : alys::category::unknown; }
std::optional<alys::severity> error::severity() const noexcept { return record_ ? record_->severity : std::nullopt; }

const std::string& error::text() const noexcept {
  static const std::string none;
  return record_ ? record_->text : none;
}

std::string error::message() const {
  std::string name = to_string(code());
  if (text().empty()) return name;
  return name.empty() ? text() : name + ": " + text();
}

error refuse(code c, std::string text) { return {error_kind::refused, c, category::unknown, std::nullopt, std::move(text)}; }
error fail(category kind, std::string text) { return {error_kind::failed, {}, kind, std::nullopt, std::move(text)}; }
error fail(category kind, severity weight, std::string text) { return {error_kind::failed, {}, kind, weight, std::move(text)}; }
error fail(code c, std::string text) {
  const classification found =
      c.domain() != nullptr && c.domain()->classify != nullptr ? c.domain()->classify(c.value()) : classification{};
  return {error_kind::failed, c, found.category, found.severity, std::move(text)};
}
error fail(code c, category kind, std::string text) { return {error_kind::failed, c, kind, std::nullopt, std::move(text)}; }
error fail(code c, category kind, severity weight, std::string text) { return {error_kind::failed, c, kind, weight, std::move(text)}; }

std::string to_string(const code& c) {
  if (!c) return {};
  std::string_view owner = c.domain()->enum_name();
  if (const auto colon = owner.rfind("::"); colon != std::string_view::npos) owner.remove_prefix(colon + 2);
  const std::string_view name = c.domain()->name(c.value());
  std::string text{owner};
  text += "::";
  if (name.empty()) text += std::to_string(c.value());
  else text += name;
  return text;
}

std::string_view to_string(error_kind kind) noexcept {
  switch (kind) {
    case error_kind::refused: return "refused";
    case error_kind::failed: return "failed";
    case error_kind::undelivered: return "undelivered";
  }
  return "unknown";
}

std::string_view to_string(category kind) noexcept {
  switch (kind) {
    case category::network: return "network";
    case category::database: return "database";
    case category::configuration: return "configuration";
    case category::resource: return "resource";
    case category::logic: return "logic";
    case category::external: return "external";
    case category::timeout: return "timeout";
    case category::corruption: return "corruption";
    case category::unknown: return "unknown";
  }
  return "unknown";
}

std::string_view to_string(severity weight) noexcept {
  switch (weight) {
    case severity::low: return "low";
    case severity::medium: return "medium";
    case severity::high: return "high";
    case severity::critical: return "critical";
  }
  return "unknown";
}

} // namespace alys
