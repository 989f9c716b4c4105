#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds docs/guide/features.md to the tests: each that it names exists. A name that ends in … stands for all that begin so.
# usage: features_page.sh ROOT BUILD
set -euo pipefail
page=$1/docs/guide/features.md build=$2
tests=$(ctest --test-dir "$build" --show-only | sed -n 's/^ *Test *#[0-9]*: //p')
named=0 missing=0
# shellcheck disable=SC2016
while IFS= read -r name; do
  named=$((named + 1))
  if [[ $name == *… ]]; then found=$(grep -cF -- "${name%…}" <<<"$tests" || true); else found=$(grep -cxF -- "$name" <<<"$tests" || true); fi
  if [ "$found" -eq 0 ]; then
    echo "features.md: there is no test '$name'"
    missing=$((missing + 1))
  fi
done < <(awk -F '|' '/^\| / { print $4 }' "$page" | grep -oE '`[^`]+: [^`]+`' | tr -d '`')
echo "$named tests named, $missing missing"
[ "$named" -gt 0 ] && [ "$missing" -eq 0 ]
