// SPDX-License-Identifier: Apache-2.0
//
// Records of the store, of any content: each is a value or damage, and a value is written as it was read.
#include "require.hpp"

#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

#include <cstdint>

namespace {

using namespace alys::domain;

template <class Read, class Write>
void require_written_as_read(bytes_view content, Read read, Write write) {
  const auto value = read(content);
  if (!value) return fuzz::require(value == store_error::damaged, "what is no record is damage");
  fuzz::require(equal(write(*value), content), "one value has one encoding");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bytes_view content{data, size};
  require_written_as_read(content, decode_number, encode_number);
  require_written_as_read(content, decode_block_id, [](const block_id& id) { return to_bytes(id.view()); });
  require_written_as_read(content, decode_progress, encode_progress);
  require_written_as_read(content, decode_receipts, encode_receipts);
  require_written_as_read(content, decode_place, encode_place);
  require_written_as_read(content, decode_journaled, encode_journaled);
  require_written_as_read(content, decode_dropped, encode_dropped);
  require_written_as_read(content, decode_pruning, encode_pruning);
  const auto write_key = [](const std::pair<block_height, block_id>& of) {
    return key_of(store_table::dropped, of.first.value(), of.second.view());
  };
  if (!content.empty() && content[0] == static_cast<std::uint8_t>(store_table::dropped))
    require_written_as_read(content, decode_dropped_key, write_key);
  const bytes key = to_bytes(bytes_of("key"));
  if (const auto opened = open_record(key, content)) fuzz::require(equal(seal_record(key, *opened), content), "a seal is of its content");
  fuzz::require(open_record(key, seal_record(key, content)).has_value(), "what was sealed opens");
  return 0;
}
