// SPDX-License-Identifier: Apache-2.0
//
// The control is as wrong as the rest.
static_assert(false, "the expected words");
