#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds docs/reference/messages.md to the public headers of the domain: each actor's section lists the messages that it accepts, which of them
# are urgent, and whom it may ask, and nothing else.
# usage: messages_page.sh ROOT
set -euo pipefail
cd "$1"

# "actor accepts message", "actor asks actor" and "message is urgent", a line each.
from_headers() {
  awk '/^struct/ { name = $2 } /priority::urgent/ { print name, "is urgent" }' libalys-domain/include/alys/domain/*/*_messages.hpp
  cat libalys-domain/include/alys/domain/*/*_actor.hpp | tr '\n' ' ' |
    grep -oE 'class [a-z_]+ final : public actor<|using messages = *accepts<[^>]*>|using asks = to<[^>]*>' |
    awk '/^class/ { actor = $2; next }
         { verb = /^using messages/ ? "accepts" : "asks"
           sub(/^[^<]*</, ""); sub(/>.*/, "")
           count = split($0, names, /[ ,]+/)
           for (i = 1; i <= count; i++) if (names[i] != "") print actor, verb, names[i] }'
}

# The same from the sections `## actor`, their lines "Asks: `a`, `b`." and "Urgent: `m`.", and their tables.
from_page() {
  awk -F '`' '/^## / { actor = $1; sub(/^## /, "", actor); known = actor ~ /_actor$/ }
              known && /^Asks: / { for (i = 2; i <= NF; i += 2) print actor, "asks", $i }
              known && /^Urgent: / { for (i = 2; i <= NF; i += 2) print $i, "is urgent" }
              known && /^\| `/ { print actor, "accepts", $2 }' docs/reference/messages.md
}

diff -u --label 'on the page' --label 'in the headers' <(from_page | sort) <(from_headers | sort)
