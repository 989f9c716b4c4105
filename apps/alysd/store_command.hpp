// SPDX-License-Identifier: Apache-2.0
//
// `alysd backup`, `alysd restore`, `alysd verify`, `alysd repair`: what operators do with data folders that no node works on.
#pragma once

#include "exit_codes.hpp"

#include <string>

namespace alysd {

// Copies the store to a new folder, and checks the copy.
[[nodiscard]] exit_code back_up(const std::string& data_folder, const std::string& to);
// Makes a data folder of a backup, which must be of this chain spec's chain; of any, if no file is given.
[[nodiscard]] exit_code restore(const std::string& backup, const std::string& data_folder, const std::string& spec_file);
// Reads and checks everything.
[[nodiscard]] exit_code verify(const std::string& data_folder);

struct repair_order {
  std::string data_folder;
  std::string spec_file;    // of the chain, from which the state of an embedded ledger follows; empty: from what is left of it
  bool carry_out = false;   // or only tell what would be done
  bool forget_vote = false; // if it cannot be read
};
// Tells what is damaged and what can be kept, and makes a whole store of that. data_damaged: something is damaged, and was only told.
[[nodiscard]] exit_code repair(const repair_order& order);

} // namespace alysd
