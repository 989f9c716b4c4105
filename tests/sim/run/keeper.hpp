// SPDX-License-Identifier: Apache-2.0
//
// Somebody who looks into the quarantine now and then: replays some of it, gives some up, and asks for what is not there.
#pragma once

#include "stage.hpp"

#include <alys/actors/system.hpp>

namespace alys::sim {

void look_into_quarantine(alys::system& tree, stage& on);

} // namespace alys::sim
