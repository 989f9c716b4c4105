#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds docs/operations/exit-codes.md to the program's list of exit codes: numbers and names.
# usage: exit_codes_page.sh ROOT
set -euo pipefail
codes=$(sed -nE 's/^  ([a-z_]+) = ([0-9]+),.*/\2 \1/p' "$1/apps/alysd/exit_codes.hpp")
[ -n "$codes" ]
diff -u --label 'on the page' --label 'in the sources' \
  <(sed -nE 's/^\| ([0-9]+) \| `([a-z_]+)` \|.*/\1 \2/p' "$1/docs/operations/exit-codes.md") <(echo "$codes")
