#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Passes if a source does not compile and an error says why in the expected words, while the same source with ALYS_CONTROL defined compiles:
# so it fails for the one thing that it is about.
# usage: wont_compile.sh SOURCE WORDS COMPILER [FLAG...]
set -euo pipefail
source=$1 words=$2
shift 2
compile=("$@" -std=c++20 -Wall -Wextra -Werror -fsyntax-only -fdiagnostics-color=never)

if ! said=$("${compile[@]}" -DALYS_CONTROL "$source" 2>&1); then
  printf 'the control does not compile:\n%s\n' "$said"
  exit 1
fi
if said=$("${compile[@]}" "$source" 2>&1); then
  echo "it compiles"
  exit 1
fi
if ! grep 'error:' <<<"$said" | grep -qF -- "$words"; then
  printf 'no error says "%s":\n%s\n' "$words" "$said"
  exit 1
fi
