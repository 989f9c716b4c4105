// SPDX-License-Identifier: Apache-2.0
//
// What the node adds to a call of a real execution client: the same call through the engine actor and its adapter, and by plain HTTP.
#pragma once

#include "report.hpp"

#include <filesystem>
#include <string>

namespace bench {

// Starts the client ("geth" or "ethereumjs") in a folder that goes away, on ports that are free. Throws std::runtime_error if it does not start or a call
// fails.
void measure_engine(figures& into, const std::string& kind, const std::filesystem::path& program);

} // namespace bench
