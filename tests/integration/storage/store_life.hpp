// SPDX-License-Identifier: Apache-2.0
//
// The life of a store on a traced disk, and what it told at which step of the disk. A store that is opened later on what is left of that disk must
// agree with what was told.
#pragma once

#include "endless_imports.hpp"
#include "traced_disk.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace alys::test {

// Where the disk was when something began, and when it was reported as done.
struct span_of_steps {
  std::size_t begun = 0;
  std::optional<std::size_t> reported = std::nullopt;
};

struct told_import {
  dom::block contents;
  span_of_steps when;
};

struct told_transaction {
  dom::hash256 hash;
  span_of_steps when;
};

struct story {
  std::vector<told_import> imports;
  std::vector<told_transaction> journaled;
  error failure; // what ended it early; none: it came to its end
};

// A store is made, closed and opened again until LevelDB merges its tables, with imports, changes of the chain and waiting transactions on the
// way. Ends with the first failure.
[[nodiscard]] story live(const std::filesystem::path& folder, const std::shared_ptr<traced_disk>& on);

// What a store turned out to be.
enum class finding : std::uint8_t {
  as_told, // it holds all that was reported, and each import whole or not at all
  refused, // it does not open, and says that it is damaged
};

// Opens the store and compares it with what was told before the step; fails the test for anything but a finding. `process_only`: the
// machine went on, and transactions that were reported as waiting are there, too.
[[nodiscard]] finding examine(const std::filesystem::path& folder, const story& told, std::size_t step, bool process_only);

} // namespace alys::test
