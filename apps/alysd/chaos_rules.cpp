// SPDX-License-Identifier: Apache-2.0
#include "chaos_rules.hpp"

#include <alys/actors/duration_text.hpp>
#include <alys/domain/api/eth_encoding.hpp>

#include <charconv>

namespace alysd {

using alys::domain::json_value;

namespace {

[[nodiscard]] alys::error invalid(const std::string& where, const std::string& text) {
  return alys::refuse(alys::domain::argument_error::invalid, where + ": " + text);
}

// Each gives why it cannot be read; empty: it was.
[[nodiscard]] std::string read(const json_value& from, std::string& into) {
  const auto* text = from.as_string();
  if (text == nullptr) return "must be a text, not " + std::string{from.kind()};
  into = *text;
  return {};
}

[[nodiscard]] std::string read(const json_value& from, double& into) {
  const auto* number = from.as_number();
  if (number == nullptr) return "must be a number, not " + std::string{from.kind()};
  std::from_chars(number->text.data(), number->text.data() + number->text.size(),
                  into); // which the reader took for one that a double holds
  return {};
}

[[nodiscard]] std::string read(const json_value& from, std::chrono::milliseconds& into) {
  const auto* text = from.as_string();
  if (text == nullptr) return "must be a duration with a unit, like \"30s\" or \"250ms\"";
  const auto time = alys::parse_duration(*text);
  if (!time) return time.error().text();
  into = std::chrono::duration_cast<std::chrono::milliseconds>(*time);
  if (into != *time) return "must be whole milliseconds";
  return {};
}

[[nodiscard]] alys::result<alys::chaos_rule> read_rule(const json_value& from, const std::string& where) {
  const auto* members = from.as_object();
  if (members == nullptr) return invalid(where, "must be an object, not " + std::string{from.kind()});
  alys::chaos_rule rule;
  std::string allowed;
  alys::error problem;
  std::size_t known = 0;
  alys::visit_fields(rule, [&](std::string_view name, auto& field) {
    allowed += (allowed.empty() ? "" : ", ") + std::string{name};
    const json_value* value = from.member(name);
    if (value == nullptr) return;
    ++known;
    if (const std::string why = read(*value, field); !why.empty() && !problem) problem = invalid(where + "." + std::string{name}, why);
  });
  if (problem) return problem;
  if (known < members->size()) return invalid(where, "has a member that is none of: " + allowed);
  return rule;
}

} // namespace

alys::result<std::vector<alys::chaos_rule>> read_chaos_rules(const std::vector<json_value>& rules) {
  std::vector<alys::chaos_rule> all;
  for (const json_value& each : rules) {
    auto rule = read_rule(each, "rules[" + std::to_string(all.size()) + "]");
    if (!rule) return rule.error();
    all.push_back(std::move(*rule));
  }
  return all;
}

} // namespace alysd
