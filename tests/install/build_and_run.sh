#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds a project against the installed package, in a folder that has nothing to do with this repository, runs its program `main` and
# compares what it prints with the project's expected.txt.
# usage: build_and_run.sh PREFIX PROJECT COMPILER
set -euo pipefail
prefix=$1 project=$2 compiler=$3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$project" "$work/source"
# The package's headers count as the user's own here, so that a warning in them shows.
cmake -S "$work/source" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_COMPILER_LAUNCHER="$(command -v ccache || true)" -DCMAKE_NO_SYSTEM_FROM_IMPORTED=ON \
  -DCMAKE_CXX_FLAGS='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror' >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cmake --build "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
(cd "$work" && "$work/build/main") >"$work/printed" || { status=$?; cat "$work/printed"; echo "main ended with $status"; exit 1; }
diff -u "$work/source/expected.txt" "$work/printed"
