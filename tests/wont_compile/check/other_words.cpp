// SPDX-License-Identifier: Apache-2.0
//
// It does not compile, for another reason than it should.
#ifndef ALYS_CONTROL
static_assert(false, "other words");
#endif
