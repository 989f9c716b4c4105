// SPDX-License-Identifier: Apache-2.0
//
// Records into a batch, each with its checksum.
#pragma once

#include "record_reader.hpp"

#include <alys/domain/storage/records.hpp>

#include <leveldb/write_batch.h>

namespace alys::domain {

inline void put_record(leveldb::WriteBatch& batch, bytes_view key, bytes_view content) {
  batch.Put(slice_of(key), slice_of(seal_record(key, content)));
}
inline void remove_record(leveldb::WriteBatch& batch, bytes_view key) { batch.Delete(slice_of(key)); }

} // namespace alys::domain
