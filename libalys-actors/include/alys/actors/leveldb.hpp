// SPDX-License-Identifier: Apache-2.0
//
// Component actors_leveldb: snapshots in a LevelDB folder. One process at a time; every write waits for the disk.
//
// ```cpp
// inline alys::result<std::shared_ptr<alys::snapshot_store>> open() { return alys::open_leveldb_snapshots("/var/lib/service/snapshots"); }
// ```
#pragma once

#include <alys/actors/snapshot.hpp>

#include <filesystem>

namespace alys {

// Opens the folder, and makes it if it is not there. Errors: fault::data_damaged, fault::database_unavailable (another process has it, or it
// cannot be written), with the folder in the text. Reads and writes fail with the same ones.
[[nodiscard]] result<std::shared_ptr<snapshot_store>> open_leveldb_snapshots(const std::filesystem::path& folder);

} // namespace alys
