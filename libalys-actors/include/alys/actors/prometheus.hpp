// SPDX-License-Identifier: Apache-2.0
//
// Component actors_prometheus: a running tree as metrics. Nothing is pushed and nothing is counted for it: a scrape looks at the tree.
//
// ```cpp
// inline std::string scrape(const alys::system& system) { return alys::prometheus_text(system); }
// ```
#pragma once

#include <alys/actors/system.hpp>

#include <string>

namespace alys {

// The tree and its dead letters in Prometheus' text format 0.0.4. Every slot is a label "path"; help, types and names are listed in
// docs/reference/metrics.md. Cost: linear in the slots; no actor is waited for.
[[nodiscard]] std::string prometheus_text(const system& running);

} // namespace alys
