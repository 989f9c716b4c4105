#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the suite on a real execution client, where that is installed.
# usage: on_client.sh KIND PROGRAM      KIND: as scripts/execution-client has it
set -euo pipefail
kind=$1 program=$2
root=$(cd "$(dirname "$0")/../../.." && pwd)
client=$("$root/scripts/execution-client" "$kind" --find) || {
  status=$?
  [ "$status" -ne 77 ] || echo "SKIPPED: no $kind on this machine"
  exit "$status"
}
ALYS_ENGINE=$kind ALYS_ENGINE_PROGRAM=$client exec "$program" '*' --warn NoAssertions --durations yes
