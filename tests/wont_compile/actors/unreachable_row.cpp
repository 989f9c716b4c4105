// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/decision.hpp>

constexpr alys::row decisions[] = {
#ifdef ALYS_CONTROL
    {alys::category::network, alys::severity::low, alys::action::resume},
    {alys::category::network, alys::action::restart},
#else
    {alys::category::network, alys::action::restart},
    {alys::category::network, alys::severity::low, alys::action::resume},
#endif
};
static_assert(alys::reachable(decisions), "a decision row is never reached");
