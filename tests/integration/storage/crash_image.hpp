// SPDX-License-Identifier: Apache-2.0
//
// What a machine may find on its disk after it stopped. POSIX promises what was written before an fsync of its file, and a name once its folder
// was synchronised; everything else may be there or not, in any mixture.
#pragma once

#include "traced_disk.hpp"

#include <filesystem>
#include <random>
#include <span>

namespace alys::test {

// What became of that which was promised nothing.
enum class kept : std::uint8_t {
  everything, // only the process ended
  nothing,
  data_only,  // what was written is there, and new names are not
  names_only, // the other way round: new files are empty
  torn,       // each file ends somewhere within what was written to it since its last sync
  scattered,  // any of the names; any of the sectors of 512 bytes, with zeros between them
};

// Makes `folder`, which is empty, what the disk may hold after these steps.
void make_crash_image(std::span<const disk_step> steps, kept what, std::mt19937_64& random, const std::filesystem::path& folder);

} // namespace alys::test
