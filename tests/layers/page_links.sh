#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Follows every link of the pages that leads to a place in this repository: the file must be there, and the heading too if the link names one.
# Fails if no page links to anything.
# usage: page_links.sh ROOT      looks at ROOT/*.md and at the pages below ROOT/docs and ROOT/examples
set -euo pipefail
cd "$1"

# The anchors of a page, as hosts of repositories make them from its headings.
anchors() {
  awk '/^```/ { code = !code } !code && /^#+ / { sub(/^#+ /, ""); print tolower($0) }' "$1" | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# The links of a page, without code.
links() {
  awk '/^```/ { code = !code } !code { gsub(/`[^`]*`/, ""); print }' "$1" | grep -oE '\]\([^) ]+\)' | sed -E 's/^\]\(//; s/\)$//' || true
}

followed=0 broken=0
while read -r page; do
  while read -r link; do
    case $link in *://*) continue ;; esac
    target=$(dirname "$page")/${link%%#*}
    if [ "${link%%#*}" = "" ]; then target=$page; fi
    anchor=
    if [[ $link == *#* ]]; then anchor=${link#*#}; fi
    followed=$((followed + 1))
    if [ ! -e "$target" ]; then
      echo "$page: $link leads nowhere"
      broken=$((broken + 1))
    elif [ -n "$anchor" ] && ! anchors "$target" | grep -qxF -- "$anchor"; then
      echo "$page: $link: there is no such heading"
      broken=$((broken + 1))
    fi
  done < <(links "$page")
done < <(find . -maxdepth 1 -name '*.md'; for folder in docs examples; do [ ! -d "$folder" ] || find "$folder" -name '*.md'; done)
echo "$followed links followed, $broken broken"
[ "$followed" -gt 0 ] && [ "$broken" -eq 0 ]
