#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Passes if a source does not compile and an error says why in the expected words, while the same source with ALYS_CONTROL defined compiles:
# so it fails for the one thing that it is about. The prelude is in front of the source, and was compiled before.
# usage: wont_compile.sh PRELUDE SOURCE WORDS COMPILER [FLAG...]
#        wont_compile.sh --prelude PRELUDE COMPILER [FLAG...]   compiles it
set -euo pipefail
flags=(-std=c++20 -Wall -Wextra -Werror -fdiagnostics-color=never)

if [ "$1" = --prelude ]; then
  prelude=$2
  shift 2
  case $1 in
    *clang*) exec "$@" "${flags[@]}" -x c++-header "$prelude" -o "$prelude.pch" ;;
    *) exec "$@" "${flags[@]}" -x c++-header "$prelude" -o "$prelude.gch" ;;
  esac
fi

prelude=$1 source=$2 words=$3
shift 3
case $1 in
  *clang*) before=(-include-pch "$prelude.pch") ;;
  *) before=(-include "$prelude" -Winvalid-pch) ;; # finds the compiled one by its name
esac
compile=("$@" "${flags[@]}" -fsyntax-only "${before[@]}")

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
