#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is installed for a service fits together: systemd understands the unit, and the program and the configuration that it names are there.
# usage: service.sh BUILD-FOLDER
set -euo pipefail
if ! command -v systemd-analyze >/dev/null; then
  echo "SKIPPED: systemd-analyze is not installed"
  exit 77
fi
build=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
DESTDIR=$scratch cmake --install "$build" --component node >"$scratch/log"
unit=$(find "$scratch" -name alysd.service)
read -r program config < <(sed -nE 's/^ExecStart=([^ ]+) run --config ([^ ]+)$/\1 \2/p' "$unit")
"$scratch$program" config check "$scratch$config" >"$scratch/effective"
grep -qx 'data_folder = "/var/lib/alysd"' "$scratch/effective"
# The unit as it would be if the program were installed where it says.
sed -i "s#=$program #=$scratch$program #" "$unit"
systemd-analyze verify --man=no "$unit" 2>&1 | tee "$scratch/said"
! grep -q alysd.service "$scratch/said" # what it does not know is only a warning
