// SPDX-License-Identifier: Apache-2.0
//
// What is said to an open span, within its bounds.
#include "tracing.hpp"

#include <algorithm>

namespace alys {

namespace {

[[nodiscard]] span_value cut(span_value value) {
  const auto* text = std::get_if<std::string>(&value.get());
  return text != nullptr && text->size() > max_span_text ? span_value{text->substr(0, max_span_text)} : std::move(value);
}

// Within bounds; how many were too many.
[[nodiscard]] std::uint32_t cut(std::vector<span_attribute>& attributes) {
  const std::size_t given = attributes.size();
  if (given > max_span_attributes) attributes.resize(max_span_attributes);
  for (span_attribute& a : attributes) {
    if (a.key.size() > max_span_text) a.key.resize(max_span_text);
    a.value = cut(std::move(a.value));
  }
  return static_cast<std::uint32_t>(given - attributes.size());
}

} // namespace

std::string_view to_string(span_kind kind) noexcept {
  switch (kind) {
    case span_kind::internal: return "internal";
    case span_kind::server: return "server";
    case span_kind::client: return "client";
    case span_kind::producer: return "producer";
    case span_kind::consumer: return "consumer";
  }
  return "unknown";
}

std::string_view to_string(span_outcome outcome) noexcept {
  switch (outcome) {
    case span_outcome::none: return "none";
    case span_outcome::handled: return "handled";
    case span_outcome::refused: return "refused";
    case span_outcome::failed: return "failed";
    case span_outcome::undelivered: return "undelivered";
  }
  return "unknown";
}

std::string to_string(const span_value& value) {
  struct text {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return std::to_string(v); }
    std::string operator()(const std::string& v) const { return v; }
  };
  return std::visit(text{}, value.get());
}

namespace detail {

void live_span::set(std::string_view key, span_value value) {
  const std::lock_guard guard(mutex_);
  if (ended_) return;
  key = key.substr(0, max_span_text);
  auto& all = data_.attributes;
  const auto there = std::find_if(all.begin(), all.end(), [&](const span_attribute& a) { return a.key == key; });
  if (there != all.end()) there->value = cut(std::move(value));
  else if (all.size() < max_span_attributes) all.push_back({std::string{key}, cut(std::move(value))});
  else ++data_.dropped_attributes;
}

void live_span::event(std::string_view name, std::vector<span_attribute> attributes) {
  const auto at = by_->now();
  const std::lock_guard guard(mutex_);
  if (ended_) return;
  if (data_.events.size() == max_span_events) {
    ++data_.dropped_events;
    return;
  }
  data_.dropped_attributes += cut(attributes);
  data_.events.push_back({std::string{name.substr(0, max_span_text)}, at, std::move(attributes)});
}

void live_span::link(const trace_context& to, std::vector<span_attribute> attributes) {
  const std::lock_guard guard(mutex_);
  if (ended_ || !to.valid()) return;
  if (data_.links.size() == max_span_links) {
    ++data_.dropped_links;
    return;
  }
  data_.dropped_attributes += cut(attributes);
  data_.links.push_back({to, std::move(attributes)});
}

void live_span::settle(const error& with) noexcept {
  const std::lock_guard guard(mutex_);
  if (ended_) return;
  data_.failure = with;
  if (!with) data_.outcome = span_outcome::handled;
  else if (with.failed()) data_.outcome = span_outcome::failed;
  else data_.outcome = with.refused() ? span_outcome::refused : span_outcome::undelivered;
}

void live_span::end() noexcept {
  span_data done;
  {
    const std::lock_guard guard(mutex_);
    if (std::exchange(ended_, true)) return;
    done = std::move(data_);
  }
  by_->finish(std::move(done));
}

} // namespace detail

void span::set(std::string_view key, span_value value) const {
  if (live_) live_->set(key, std::move(value));
}
void span::event(std::string_view name, std::vector<span_attribute> attributes) const {
  if (live_) live_->event(name, std::move(attributes));
}
void span::link(const trace_context& to, std::vector<span_attribute> attributes) const {
  if (live_) live_->link(to, std::move(attributes));
}
void span::handled() const {
  if (live_) live_->settle({});
}
void span::failed(const error& with) const {
  if (live_) live_->settle(with);
}
void span::end() const {
  if (live_) live_->end();
}

} // namespace alys
