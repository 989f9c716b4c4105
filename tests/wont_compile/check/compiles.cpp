// SPDX-License-Identifier: Apache-2.0
//
// Nothing is wrong here: no proof of anything.
int answer = 42;
