# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
#
# What the scripts share. Sourced, never run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=${JOBS:-$(nproc)}

say() { printf '%s\n' "-- $*"; }
die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Runs a command as root: at once if we are, through sudo if not.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# usage FILE: prints the comment that opens a script.
usage() { awk 'NR > 2 && /^#/ { sub(/^# ?/, ""); print; next } NR > 2 { exit }' "$1"; }

# build PRESET [TARGET...]: configures and builds; without a target, everything.
build() {
  local preset=$1
  shift
  mkdir -p "$root/build"
  (cd "$root" && cmake --preset "$preset" >"$root/build/$preset.configure.log" 2>&1) || {
    cat "$root/build/$preset.configure.log"
    die "configuring '$preset' failed"
  }
  local targets=()
  if [ $# -gt 0 ]; then targets=(--target "$@"); fi
  cmake --build "$root/build/$preset" --parallel "$jobs" "${targets[@]}"
}
