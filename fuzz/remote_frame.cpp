// SPDX-License-Identifier: Apache-2.0
//
// Frames between nodes: any bytes are a frame or none, and one that was read is written as bytes that are the same frame.
#include "require.hpp"

#include <frame.hpp>

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  if (const auto found = alys::detail::read_frame(bytes, {})) {
    const std::string written = alys::detail::write_frame(*found);
    const auto again = alys::detail::read_frame(written, {});
    fuzz::require(again.has_value(), "what was written can be read");
    fuzz::require(alys::detail::write_frame(*again) == written, "a frame has one form");
  }
  return 0;
}
