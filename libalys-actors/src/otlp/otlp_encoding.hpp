// SPDX-License-Identifier: Apache-2.0
//
// Spans as the bytes of an OTLP request, and what its answer says.
#pragma once

#include <alys/actors/span.hpp>

#include <map>
#include <string>
#include <vector>

namespace alys::detail {

using resource_attributes = std::map<std::string, std::string>;

// One request with all of them.
[[nodiscard]] std::string encode_trace_request(const resource_attributes& resource, const std::vector<span_data>& spans);

// How many spans of a successful request the collector did not want, by its answer; 0 for an answer that cannot be read. Never more than
// there were.
[[nodiscard]] std::uint64_t rejected_spans(const std::string& answer, std::uint64_t sent);

// The text as UTF-8: each byte that belongs to none is replaced by U+FFFD. Protobuf's strings allow nothing else, and a collector refuses
// a whole batch for one byte.
[[nodiscard]] std::string as_utf8(std::string_view text);

} // namespace alys::detail
