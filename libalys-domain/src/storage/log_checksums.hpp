// SPDX-License-Identifier: Apache-2.0
//
// LevelDB's logs by their own checksums (leveldb, doc/log_format.md), which its repair tool does not look at: what a flipped bit makes of a log
// may end the program that reads it.
#pragma once

#include <cstddef>
#include <string>

namespace alys::domain {

// Writes zeros over everything in a log that fails its checksum, up to the end of its block, which LevelDB passes over. Gives the number of
// bytes; a record that is cut off at the end of the log does not count: it was never reported to anybody.
[[nodiscard]] std::size_t blank_damage(std::string& log);

} // namespace alys::domain
