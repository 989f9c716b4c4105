// SPDX-License-Identifier: Apache-2.0
//
// traceparent and tracestate: any text is a header or none, and what was read is written so that it is read as the same.
#include "require.hpp"

#include <alys/actors/trace_context.hpp>

#include <algorithm>
#include <cstdint>

namespace {

void read_parent(std::string_view text) {
  const auto context = alys::parse_traceparent(text);
  if (!context) return;
  fuzz::require(context->valid(), "no id is all zero");
  fuzz::require((context->flags & ~1u) == 0, "no flag but sampled");
  const std::string written = alys::to_traceparent(*context);
  fuzz::require(alys::parse_traceparent(written) == context, "a context is written as it is read");
  fuzz::require(written.substr(2, 50) == text.substr(2, 50), "ids are those of the header");
}

void read_state(std::string_view text) {
  const std::string state = alys::parse_tracestate(text);
  fuzz::require(state.size() <= alys::max_tracestate_bytes, "a tracestate is bounded");
  fuzz::require(std::count(state.begin(), state.end(), ',') < static_cast<std::ptrdiff_t>(alys::max_tracestate_entries),
                "so are its entries");
  fuzz::require(alys::parse_tracestate(state) == state, "a tracestate is read as it was written");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  read_parent(text);
  read_state(text);
  return 0;
}
