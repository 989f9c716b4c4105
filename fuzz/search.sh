#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds a fuzz target with libFuzzer and the sanitizers, and lets it search. Inputs that it finds interesting stay in the build folder; one
# that breaks the target is printed and kept there too.
# usage: search.sh NAME SECONDS
set -euo pipefail
name=$1 seconds=$2
root=$(cd "$(dirname "$0")/.." && pwd)

if ! command -v clang++-14 >/dev/null; then
  echo "SKIPPED: clang++-14 is not installed"
  exit 77
fi
cd "$root"
cmake --preset fuzz >/dev/null
cmake --build build/fuzz --target "fuzz_$name"
found="build/fuzz/found/$name"
mkdir -p "$found"
"build/fuzz/fuzz/fuzz_$name" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="build/fuzz/$name-" "$found" "fuzz/corpus/$name"
