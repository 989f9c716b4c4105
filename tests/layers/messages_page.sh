#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds docs/reference/messages.md to the public headers of the domain: each actor's section lists the messages that it accepts and whom it may
# ask, and nothing else.
# usage: messages_page.sh ROOT
set -euo pipefail
cd "$1"

# "actor accepts message" and "actor asks actor", a line each.
from_headers() {
  cat libalys-domain/include/alys/domain/*/*_actor.hpp | tr '\n' ' ' | grep -oE 'class [a-z_]+ final : public actor<|using messages = *accepts<[^>]*>|using asks = to<[^>]*>' |
    awk '/^class/ { actor = $2; next }
         { verb = /^using messages/ ? "accepts" : "asks"; sub(/^[^<]*</, ""); sub(/>.*/, ""); count = split($0, names, /[ ,]+/)
           for (i = 1; i <= count; i++) if (names[i] != "") print actor, verb, names[i] }'
}

# The same from the sections `## actor`, their lines "Asks: `a`, `b`." and their tables.
from_page() {
  awk '/^## / { actor = $2; gsub(/`/, "", actor); known = actor ~ /_actor$/ }
       known && /^Asks: / { line = $0; while (match(line, /`[a-z_]+`/)) { print actor, "asks", substr(line, RSTART + 1, RLENGTH - 2); line = substr(line, RSTART + RLENGTH) } }
       known && /^\| `/ { split($0, cells, "`"); print actor, "accepts", cells[2] }' docs/reference/messages.md
}

diff -u --label 'on the page' --label 'in the headers' <(from_page | sort) <(from_headers | sort)
