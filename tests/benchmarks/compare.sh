#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Whether `scripts/bench compare` tells better from worse.
# usage: compare.sh SOURCE_DIR CASE
set -euo pipefail
source_dir=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# run NAME KEY VALUE...: a run's file, as the benchmarks write it.
run() {
  local file=$folder/$1 separator="{"
  shift
  while [ $# -gt 0 ]; do
    printf '%s\n  "%s": %s' "$separator" "$1" "$2"
    separator=","
    shift 2
  done >"$file"
  printf '\n}\n' >>"$file"
}

# expect STATUS TEXT [OPTION...]: compares old with new; its status and what it must print, in one line.
expect() {
  local status=0
  "$source_dir/scripts/bench" compare "$folder/old" "$folder/new" "${@:3}" >"$folder/out" 2>&1 || status=$?
  if [ "$status" -eq "$1" ] && grep -q -- "$2" "$folder/out"; then return 0; fi
  printf 'expected status %s and "%s"; got status %s and\n' "$1" "$2" "$status"
  cat "$folder/out"
  exit 1
}

# The keys that the page explains.
page_keys() { sed '/^## Figures/,$d' "$source_dir/docs/reference/benchmarks.md" | awk -F'|' '/^\| `/ { print $2 }' | grep -oE '[a-z0-9]+(_[a-z0-9]+)+'; }

case $2 in
  better_or_equal)
    run old one_way_1to1_ratio 1.5 rtt_p50_ratio 0.5 transfers_per_s 1000
    run new one_way_1to1_ratio 3.0 rtt_p50_ratio 0.2 transfers_per_s 1000
    expect 0 one_way_1to1_ratio
    ;;
  worse) # one of each direction
    run old one_way_1to1_ratio 1.5 rtt_p50_ratio 0.5
    run new one_way_1to1_ratio 0.7 rtt_p50_ratio 0.5
    expect 1 '^one_way_1to1_ratio .*WORSE by 2.14'
    run new one_way_1to1_ratio 1.5 rtt_p50_ratio 0.9
    expect 1 '^rtt_p50_ratio .*WORSE by 1.80'
    ;;
  beyond_the_ratio)
    run old rtt_p50_cell_us 1.0
    run new rtt_p50_cell_us 1.4
    expect 1 WORSE --ratio 1.3
    expect 0 rtt_p50_cell_us --ratio 1.5
    expect 2 'ratio' --ratio 0.5
    ;;
  missing_keys)
    run old rtt_p50_ratio 0.5 restart_p50_us 4
    run new rtt_p50_ratio 0.5 restart_p99_us 9
    expect 0 '^restart_p50_us .*only in the older'
    expect 0 '^restart_p99_us .*only in the newer'
    ;;
  peers) # how fast others are is not ours to judge
    run old otp_restart_p50_us 10 rtt_p50_raw_us 1
    run new otp_restart_p50_us 90 rtt_p50_raw_us 9
    expect 0 otp_restart_p50_us
    ;;
  unknown_key)
    run old no_such_figure 1
    run new no_such_figure 1
    expect 2 no_such_figure
    ;;
  not_figures)
    run old rtt_p50_ratio 0.5
    printf '{"nested": {}}\n' >"$folder/new"
    expect 2 'not one figure a line'
    rm "$folder/new"
    expect 2 "cannot read"
    ;;
  page) # every key on the page has its direction
    keys=$(page_keys)
    [ "$(wc -w <<<"$keys")" -ge 20 ]
    pairs=()
    for key in $keys; do pairs+=("$key" 1); done
    run old "${pairs[@]}"
    run new "${pairs[@]}"
    expect 0 transfers_per_s
    ;;
  baseline) # has every key on the page
    for file in "$source_dir"/benchmarks/baseline/*.json; do
      for key in $(page_keys); do
        grep -q "^  \"$key\": " "$file" || { echo "$file has no $key"; exit 1; }
      done
    done
    ;;
  *) echo "no case $2"; exit 2 ;;
esac
