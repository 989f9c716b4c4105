#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds docs/guide/compiler-errors.md to the public headers: each text that a static_assert has is on the page, and nothing else is.
# usage: compiler_page.sh ROOT
set -euo pipefail
cd "$1"

from_headers() {
  cat libalys-actors/include/alys/actors/*.hpp libalys-actors/include/alys/actors/detail/*.hpp libalys-actors/testkit/include/alys/testkit/*.hpp |
    tr '\n' ' ' | grep -oE 'static_assert\([^"]*"alys: [^"]*"' | sed -E 's/^[^"]*"(.*)"$/\1/'
}
from_page() { awk -F '`' '/^\| `alys: / { print $2 }' docs/guide/compiler-errors.md; }

diff -u --label 'on the page' --label 'in the headers' <(from_page | sort -u) <(from_headers | sort -u)
