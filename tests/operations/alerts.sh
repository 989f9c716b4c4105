#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The alert rules are what Prometheus takes, each rises when it should and not otherwise, each has an entry in the runbook, and all that rules and
# dashboard ask for is exported. The dashboard's expressions are rules for a moment, so that promtool looks at them too.
# usage: alerts.sh ROOT
set -euo pipefail
cd "$1"
promtool=$(command -v promtool || echo build/tools/promtool)
if [ ! -x "$promtool" ]; then
  echo "SKIPPED: promtool is not installed; scripts/setup test brings it"
  exit 77
fi
promtool=$(realpath "$promtool")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$promtool" check rules docs/ops/alerts.yml
"$promtool" test rules tests/operations/alerts_test.yml

node -e 'JSON.parse(require("fs").readFileSync("docs/ops/dashboard.json"))'
sed -nE 's/^ *"expr": "(.*)",$/\1/p' docs/ops/dashboard.json | sed 's/\\"/"/g; s/\$__rate_interval/5m/g' >"$scratch/expressions"
[ -s "$scratch/expressions" ]
awk 'BEGIN { print "groups:\n  - name: dashboard\n    rules:" }
     { gsub(/\047/, "\047\047"); printf "      - { record: panel%d, expr: \047%s\047 }\n", NR, $0 }' "$scratch/expressions" >"$scratch/rules.yml"
"$promtool" check rules "$scratch/rules.yml"

echo "each alert has its entry in the runbook, and its test:"
alerts=$(sed -nE 's/^ *- alert: //p' docs/ops/alerts.yml | sort)
diff <(echo "$alerts") <(sed -nE 's/^## //p' docs/operations/runbook.md | sort)
diff <(echo "$alerts") <(sed -nE 's/^ *alertname: //p' tests/operations/alerts_test.yml | sort -u)
echo "what is asked for is exported:"
comm -23 <(grep -ohE 'alys_[a-z_]+' docs/ops/alerts.yml "$scratch/expressions" | sed -E 's/_(bucket|count|sum)$//' | sort -u) \
  <(awk -F '`' '/^\| `alys_/ { print $2 }' docs/reference/metrics.md | sort -u) | tee "$scratch/unknown"
[ ! -s "$scratch/unknown" ]
