// SPDX-License-Identifier: Apache-2.0
//
// How a repaired store takes the place of the damaged one. It is made in the folder `repaired` below the data folder, complete before it has
// that name; then the damaged `chain` and `commits` go to `repaired/damaged`, the repaired ones to their place, and at the end the damaged
// ones to a folder of their own beside them. While there is a folder `repaired`, no node starts, and whatever stopped on the way is gone on
// with: where each file lies says what is still to do.
#pragma once

#include "disk.hpp"

#include <alys/domain/storage/chain_store.hpp>

#include <filesystem>
#include <string>

namespace alys::domain {

[[nodiscard]] std::filesystem::path repaired_folder(const std::filesystem::path& data);

// A repaired store is whole and on its way.
[[nodiscard]] bool has_repaired_folder(const std::filesystem::path& data);

// Puts it in place, from wherever an earlier attempt stopped. Gives the folder in which the damaged files are kept, `damaged-NAME`; an empty
// path if an earlier attempt has come as far as that. Fails with io_failed or no_space, and can be called again then. The caller has the data
// folder's lock.
[[nodiscard]] result<std::filesystem::path> put_in_place(disk& files, const std::filesystem::path& data, const std::string& name);

} // namespace alys::domain
