#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds docs/reference/metrics.md to the sources: every metric is on the page, and nothing else is.
# usage: metrics_page.sh ROOT
set -euo pipefail
cd "$1"
sources=(libalys-actors/src/prometheus/prometheus.cpp apps/alysd/node_metrics.cpp apps/alysd/call_metrics.cpp
  apps/alysd/backup_watch.cpp apps/alysd/state_checks.cpp)
diff -u --label 'on the page' --label 'in the sources' \
  <(awk -F '`' '/^\| `alys_/ { print $2 }' docs/reference/metrics.md | sort) \
  <(grep -ohE '"alys_[a-z_]+"' "${sources[@]}" | tr -d '"' | sort)
