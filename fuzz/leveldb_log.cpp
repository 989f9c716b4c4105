// SPDX-License-Identifier: Apache-2.0
//
// Logs of LevelDB, of any content: what fails its checksum is blanked, and nothing else is touched.
#include "require.hpp"

#include <storage/log_checksums.hpp>

#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string log{reinterpret_cast<const char*>(data), size};
  std::string blanked = log;
  const std::size_t damaged = alys::domain::blank_damage(blanked);
  fuzz::require(blanked.size() == log.size() && damaged <= log.size(), "a log keeps its length");
  for (std::size_t i = 0; i < log.size(); ++i) fuzz::require(blanked[i] == log[i] || blanked[i] == '\0', "a byte is kept or blanked");
  std::string again = blanked;
  fuzz::require(alys::domain::blank_damage(again) == 0 && again == blanked, "what is left is whole");
  return 0;
}
