// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/decision.hpp>

constexpr alys::row decisions[] = {
#ifdef ALYS_CONTROL
    {alys::category::corruption, alys::action::stop},
#else
    {alys::category::corruption, alys::action::restart},
#endif
};
static_assert(alys::reachable(decisions));
