// SPDX-License-Identifier: Apache-2.0
//
// Adapter: alerts posted as JSON to a URL. Needs the component actors_webhook.
//
// ```cpp
// inline alys::alert_options paged() {
//   auto hook = alys::make_webhook({.url = "http://127.0.0.1:9093/alerts", .deadline = 2s});
//   if (!hook) throw std::invalid_argument(hook.error().message());
//   return {.rules = {alys::alert_on_health()}, .sinks = {*hook}};
// }
// ```
#pragma once

#include <alys/actors/alerts.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace alys {

struct webhook_options {
  std::string url = {};                                         // http://HOST[:PORT][/PATH]
  std::chrono::milliseconds deadline{5'000};                    // of each attempt, more than 0
  std::uint32_t attempts = 3;                                   // at least 1
  std::chrono::milliseconds pause{1'000};                       // between two of them, not negative
  std::vector<std::pair<std::string, std::string>> fields = {}; // of the header, such as a token
};

// A sink that posts one alert::to_json a request. Any status of 2xx is a delivery. Refuses options outside of what they say with
// errc::out_of_range, all of them named.
[[nodiscard]] result<std::shared_ptr<alert_sink>> make_webhook(webhook_options options);

} // namespace alys
