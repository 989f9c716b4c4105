// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/error.hpp>

enum class denied { none, too_much };
#ifdef ALYS_CONTROL
ALYS_ERRORS(denied, too_much)
#endif

alys::error no() { return alys::refuse(denied::too_much); }
