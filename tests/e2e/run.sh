#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs one driver from a copy in the build tree, where its packages are installed too. The node's data folder is new, and stays there if the
# driver fails.
# usage: run.sh FOLDER packages             copies the drivers into FOLDER and installs their packages
#        run.sh FOLDER DRIVER [OPTION...]   runs a driver from there, such as kill/kill.mjs
set -euo pipefail
source=$(cd "$(dirname "$0")" && pwd)
folder=$1 what=$2
shift 2

for program in node npm; do
  if ! command -v "$program" >/dev/null; then
    echo "SKIPPED: $program is not installed"
    exit 77
  fi
done

if [ "$what" = packages ]; then
  mkdir -p "$folder"
  cp -r "$source"/{package.json,package-lock.json,lib,alysd,client,ethers,guide,kill,heal,tracing} "$folder"
  cd "$folder"
  # Only when the lock file has changed: it names every package with its hash.
  if ! cmp -s package-lock.json installed-lock.json; then
    npm ci --no-audit --no-fund
    cp package-lock.json installed-lock.json
  fi
  exit 0
fi

cd "$folder"
data=$(mktemp -d "$folder/data.XXXXXX")
node "$what" --data "$data" "$@" || {
  status=$?
  echo "the node's data stays in $data"
  exit "$status"
}
rm -rf "$data"
