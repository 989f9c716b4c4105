// SPDX-License-Identifier: Apache-2.0
//
// An HTTP request on its way to the API actor.
//
// ```cpp
// inline alys::domain::http_call get(std::string target, alys::domain::http_respond respond) {
//   return {{.method = "GET", .target = std::move(target), .host = {}, .content_type = {}, .body = {}}, std::move(respond)};
// }
// ```
#pragma once

#include <alys/actors/message.hpp>
#include <alys/domain/api/http.hpp>

namespace alys::domain {

// Whoever lets go of `respond` without calling it answers 500.
struct http_call {
  http_request request;
  http_respond respond;
};
ALYS_MESSAGE(http_call)

} // namespace alys::domain
