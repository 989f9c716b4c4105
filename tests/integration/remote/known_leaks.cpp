// SPDX-License-Identifier: Apache-2.0
//
// What the leak sanitizer is not to report of these programs. When CAF's event loop ends, it drops what was posted to it a moment before,
// and with that a reference to a broker, CAF's own or ours, which then stays in memory with what it owns. It happens once, at the end of a
// system.

extern "C" const char* __lsan_default_suppressions(); // NOLINT: the sanitizer's name for it
extern "C" const char* __lsan_default_suppressions() { return "leak:libcaf_io.so\nleak:libcaf_core.so\nleak:alys::detail::start_broker\n"; }
