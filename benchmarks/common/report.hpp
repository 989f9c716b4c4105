// SPDX-License-Identifier: Apache-2.0
//
// What a benchmark found, for people and as JSON.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace bench {

// Figures by key, one value a repetition, or as many as there were samples.
using figures = std::map<std::string, std::vector<double>>;

// One row a key: median, least and most of its values.
void print(const figures& all);

// The medians, as one object of numbers. `file`: "-" for the standard output. Throws std::runtime_error if it cannot be written.
void write_json(const figures& all, const std::string& file);

// The file that may follow `--json`, which is at `at`; "-" if none does. Moves `at` to the last argument that was read.
[[nodiscard]] std::string json_file(const std::vector<std::string>& arguments, std::size_t& at);

} // namespace bench
