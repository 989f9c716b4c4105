// SPDX-License-Identifier: Apache-2.0
//
// Whether the records of the store fit together.
#pragma once

#include "record_reader.hpp"

#include <alys/domain/storage/leveldb_store.hpp>

#include <stop_token>

namespace alys::domain {

// Genesis, head and last final block: that they are there, are who they claim to be and are found by their heights. A few reads.
[[nodiscard]] result<void> check_newest(const record_reader&);

// That a check or copy was told to stop.
[[nodiscard]] error interrupted();

// Everything, as leveldb_store::check says. Fails with interrupted, too, soon after `stop` says so.
[[nodiscard]] result<store_summary> check_all(const record_reader&, const std::stop_token& stop = {});

} // namespace alys::domain
