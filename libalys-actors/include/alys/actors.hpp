// SPDX-License-Identifier: Apache-2.0
//
// Everything an author of actors needs: messages, actors, supervisors and the system that runs them. Components (testkit, toml,
// prometheus) have headers of their own.
//
// ```cpp
// inline alys::supervisor_spec empty_tree() { return alys::supervisor_spec{"root"}; }
// ```
#pragma once

#include <alys/actors/actor.hpp>
#include <alys/actors/supervisor.hpp>
#include <alys/actors/system.hpp>
#include <alys/actors/topic.hpp>
#include <alys/actors/turnstile.hpp>
