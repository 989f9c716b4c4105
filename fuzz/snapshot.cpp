// SPDX-License-Identifier: Apache-2.0
//
// Snapshots: any bytes are a state or an error, and a state that was read is written as the same bytes again.
#include "require.hpp"

#include <alys/actors/snapshot.hpp>

#include <cstdint>

namespace {

struct inner {
  std::string name;
  std::vector<std::uint16_t> numbers;
};
ALYS_CONFIG(inner, name, numbers)
struct state {
  std::uint64_t sum = 0;
  std::optional<double> share;
  std::map<std::string, inner> parts;
};
ALYS_CONFIG(state, sum, share, parts)

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  static_cast<void>(alys::detail::read_snapshot("/root/a", "state", bytes));
  // The content, without the sum over it that no search would guess.
  const alys::detail::snapshot_record record{1, alys::detail::shape_of<state>(), bytes};
  if (const auto found = alys::detail::decode_snapshot<state>("/root/a", record)) {
    alys::detail::wire_writer to;
    alys::detail::wire_form<state>::write(to, *found);
    const std::string again = to.take();
    const auto second = alys::detail::decode_snapshot<state>("/root/a", {1, record.shape, again});
    fuzz::require(second.has_value(), "what was written can be read");
    alys::detail::wire_writer twice;
    alys::detail::wire_form<state>::write(twice, *second);
    fuzz::require(twice.take() == again, "a state has one form");
  }
  return 0;
}
