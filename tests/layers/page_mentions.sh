#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Pages that sources name, as "see docs/reference/wire.md", exist. The tests of page checks, in tests/layers, name some that do not.
# usage: page_mentions.sh ROOT
set -euo pipefail
cd "$1"
sources=(apps benchmarks cmake fuzz libalys-actors libalys-domain packaging proto scripts tests)

named=0 missing=0
while IFS=: read -r file page; do
  named=$((named + 1))
  if [ ! -e "$page" ]; then
    echo "$file names $page, which is not there"
    missing=$((missing + 1))
  fi
done < <(grep -rHoE 'docs/[a-z_/-]+\.md' --exclude-dir=layers --exclude-dir=node_modules "${sources[@]}")
echo "$named pages named, $missing missing"
[ "$named" -gt 0 ] && [ "$missing" -eq 0 ]
