#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds the pages to the programs that they show. The code block after a line `<!-- shows FILE -->` must be that file, whole; after
# `<!-- part of FILE -->` it must be a run of its lines, indentation aside. No other C++ may be on a page, since nothing would tell whether it
# compiles. Fails if no page shows anything.
# usage: shown_code.sh ROOT      looks at ROOT/README.md and ROOT/docs
set -euo pipefail
cd "$1"

# block_after PAGE LINE: the code block that follows.
block_after() { awk -v from="$2" 'NR > from && /^```/ { if (open) exit; open = 1; next } open' "$1"; }

shown=0
while IFS=: read -r page line marker; do
  file=$(sed -E 's/^<!-- (shows|part of) (.*) -->$/\2/' <<<"$marker")
  if [[ $marker == '<!-- shows '* ]]; then
    block_after "$page" "$line" | diff -u --label "$page" --label "$file" - "$file"
  else
    part=$(block_after "$page" "$line" | sed 's/^ *//')
    if [[ -z $part || $'\n'$(sed 's/^ *//' "$file")$'\n' != *$'\n'"$part"$'\n'* ]]; then echo "$page:$line: is no part of $file"; exit 1; fi
  fi
  shown=$((shown + 1))
done < <(find README.md docs -name '*.md' -exec grep -HnE '^<!-- (shows|part of) .* -->$' {} +)

unheld=$(find README.md docs -name '*.md' \
  -exec awk '/^```cpp/ && before !~ /^<!-- (shows|part of) / { print FILENAME ":" FNR ": C++ that no program holds" } { before = $0 }' {} \;)
if [ -n "$unheld" ]; then echo "$unheld"; exit 1; fi
echo "$shown programs are shown as they are"
[ "$shown" -gt 0 ]
