// SPDX-License-Identifier: Apache-2.0
//
// A snapshot's bytes: "ALYS", format 1, owner, state, version, shape, content, and an FNV-1a hash of all that, numbers little-endian.
#include <alys/actors/snapshot.hpp>

namespace alys::detail {

namespace {
constexpr std::uint32_t magic = 0x53594c41; // "ALYS"
constexpr std::uint8_t format = 1;
} // namespace

error snapshot_problem(snapshot_error what, std::string_view owner, std::string text) {
  return fail(what, "snapshot of " + std::string{owner} + ": " + std::move(text));
}

std::string write_snapshot(std::string_view owner, std::string_view state, const snapshot_record& record) {
  wire_writer to;
  to.number(magic);
  to.number(format);
  to.text(owner);
  to.text(state);
  to.number(record.version);
  to.number(record.shape);
  to.text(record.content);
  std::string bytes = to.take();
  wire_writer sum;
  sum.number(hash_of(bytes));
  return bytes + sum.take();
}

result<snapshot_record> read_snapshot(std::string_view owner, std::string_view state, std::string_view bytes) {
  const auto damaged = [&] { return snapshot_problem(snapshot_error::damaged, owner, "not the bytes that were written"); };
  constexpr std::size_t sum_size = sizeof(std::uint64_t);
  if (bytes.size() < sum_size) return damaged();
  std::uint64_t sum = 0;
  wire_reader end{bytes.substr(bytes.size() - sum_size)};
  const std::string_view body = bytes.substr(0, bytes.size() - sum_size);
  if (!end.number(sum) || sum != hash_of(body)) return damaged();

  wire_reader from{body};
  std::uint32_t begin = 0;
  std::uint8_t written_as = 0;
  if (!from.number(begin) || begin != magic || !from.number(written_as)) return damaged();
  if (written_as > format) return snapshot_problem(snapshot_error::newer_version, owner, "written in a later format");
  std::string whose, what;
  snapshot_record record;
  std::size_t size = 0;
  if (written_as != format || !from.text(whose) || !from.text(what) || !from.number(record.version) || !from.number(record.shape) ||
      !from.count(size) || size != from.rest().size())
    return damaged();
  if (whose != owner || what != state) return snapshot_problem(snapshot_error::of_another, owner, "it is that of " + whose + ", a " + what);
  record.content = from.rest();
  return record;
}

} // namespace alys::detail
