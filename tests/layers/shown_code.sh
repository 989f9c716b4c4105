#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds the pages to the programs that they show: the code block after a line `<!-- shows FILE -->` must be that file, whole. Fails if no page
# shows anything.
# usage: shown_code.sh ROOT      looks at ROOT/README.md and ROOT/docs
set -euo pipefail
cd "$1"

shown=0
while IFS=: read -r page line marker; do
  file=$(sed -E 's/^<!-- shows (.*) -->$/\1/' <<<"$marker")
  awk -v from="$line" 'NR > from && /^```/ { if (open) exit; open = 1; next } open' "$page" | diff -u --label "$page" --label "$file" - "$file"
  shown=$((shown + 1))
done < <(find README.md docs -name '*.md' -exec grep -Hn '^<!-- shows .* -->$' {} +)
echo "$shown programs are shown as they are"
[ "$shown" -gt 0 ]
