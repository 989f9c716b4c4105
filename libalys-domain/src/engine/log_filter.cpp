// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/engine/log_filter.hpp>

#include <algorithm>

namespace alys::domain {

namespace {

template <class T>
[[nodiscard]] bool is_one_of(const std::vector<T>& choices, const T& what) {
  return choices.empty() || std::ranges::find(choices, what) != choices.end();
}

template <class T>
[[nodiscard]] bool may_have_one_of(const bloom& filter, const std::vector<T>& choices) {
  return choices.empty() || std::ranges::any_of(choices, [&](const T& choice) { return may_have(filter, choice.view()); });
}

} // namespace

bool lets_through(const log_filter& filter, const log_entry& log) {
  if (!is_one_of(filter.accounts, log.account) || log.topics.size() < filter.topics.size()) return false;
  return std::ranges::equal(filter.topics, std::span{log.topics}.first(filter.topics.size()), is_one_of<hash256>);
}

bool may_let_through(const log_filter& filter, const bloom& logs) {
  return may_have_one_of(logs, filter.accounts) &&
         std::ranges::all_of(filter.topics, [&](const auto& choices) { return may_have_one_of(logs, choices); });
}

} // namespace alys::domain
