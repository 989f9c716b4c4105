// SPDX-License-Identifier: Apache-2.0
//
// Everything for tests of actors: a bench in virtual time, probes, planned faults, seeded runs.
//
// ```cpp
// inline bool starts_and_stops() { return alys::testkit::bench{}.shutdown().in_time; }
// ```
#pragma once

#include <alys/testkit/bench.hpp>
#include <alys/testkit/memory_snapshots.hpp>
#include <alys/testkit/seeds.hpp>
