#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a driver against a node on an execution client, where that is installed.
# usage: client/run.sh FOLDER KIND DRIVER [OPTION...]      KIND: as scripts/execution-client has it
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1 kind=$2 driver=$3
shift 3
program=$("$here/../../../scripts/execution-client" "$kind" --find) || {
  status=$?
  [ "$status" -ne 77 ] || echo "SKIPPED: no $kind on this machine"
  exit "$status"
}
exec "$here/../run.sh" "$folder" "$driver" --engine "$kind" --client "$program" "$@"
