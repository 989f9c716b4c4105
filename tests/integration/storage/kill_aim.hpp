// SPDX-License-Identifier: Apache-2.0
//
// Where in its life a process is to be killed. It stops there by itself, so that the kill hits what it is aimed at, however fast the machine is.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace alys::test {

// What a process with a store does, as its disk sees it.
enum class life_phase : std::uint8_t {
  making,     // a new store
  opening,    // one that is there: its log becomes a table
  between,    // commits: transactions are journaled
  committing, // an import
  merging,    // tables, in the background
};
inline constexpr std::array<const char*, 5> phase_names = {"making", "opening", "between", "committing", "merging"};
[[nodiscard]] inline std::string to_string(life_phase phase) { return phase_names.at(static_cast<std::size_t>(phase)); }

struct kill_aim {
  life_phase phase = life_phase::committing;
  std::size_t imports = 0; // that come first, for `between` and `committing`
  std::size_t step = 0;    // of the disk within the phase, counted from 0: it is not taken
  bool half = false;       // half of what it appends is written
};

// As words of a command line, and back.
[[nodiscard]] inline std::vector<std::string> words_of(const kill_aim& aim) {
  return {to_string(aim.phase), std::to_string(aim.imports), std::to_string(aim.step), aim.half ? "half" : "nothing"};
}
[[nodiscard]] inline kill_aim aim_of(const char* const* words) {
  kill_aim aim;
  for (std::size_t i = 0; i < phase_names.size(); ++i) {
    if (std::string{words[0]} == phase_names.at(i)) aim.phase = static_cast<life_phase>(i);
  }
  aim.imports = std::stoul(words[1]);
  aim.step = std::stoul(words[2]);
  aim.half = std::string{words[3]} == "half";
  return aim;
}

} // namespace alys::test
