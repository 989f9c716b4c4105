#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds docs/operations/configuration.md and packaging/alysd.toml to the program: each has every key, and no other; the page has the defaults;
# and the program takes the file.
# usage: config_page.sh ROOT ALYSD
set -euo pipefail
root=$1 alysd=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# entries: each key of a TOML file with its table's name in front, and its value.
entries() { awk '/^\[/ { table = substr($0, 2, length($0) - 2) "."; next } /^[a-z_]+ = / { key = $1; sub(/^[a-z_]+ = /, ""); print table key " " $0 }' | sort; }

: >"$scratch/empty.toml"
"$alysd" config check "$scratch/empty.toml" | entries >"$scratch/defaults"
[ -s "$scratch/defaults" ]
diff -u --label 'on the page' --label 'of the program' \
  <(awk -F '|' '/^\| `[a-z_.]+` \|/ { gsub(/^ `|` $/, "", $2); gsub(/^ `|` $/, "", $4); print $2 " " $4 }' "$root/docs/operations/configuration.md" | sort) \
  "$scratch/defaults"

"$alysd" config check "$root/packaging/alysd.toml" | entries | cut -d ' ' -f 1 >"$scratch/keys"
diff -u --label packaging/alysd.toml --label 'of the program' <(entries <"$root/packaging/alysd.toml" | cut -d ' ' -f 1) "$scratch/keys"
