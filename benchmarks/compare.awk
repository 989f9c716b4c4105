# SPDX-License-Identifier: Apache-2.0
#
# Two runs of the benchmarks beside each other. Reads three files: benchmarks/keys, the older run and the newer one, each run as
# bench::write_json writes it, one key a line. Variable: ratio, how much worse a figure may be.
# Ends with 0, with 1 if a figure got worse by more than that, and with 2 if it cannot tell.

function fail(text) {
  print "bench compare: " text >"/dev/stderr"
  failed = 2
  exit failed
}

# "one_way_*" as a regular expression for whole keys.
function expression(pattern) {
  gsub(/\*/, ".*", pattern)
  return "^" pattern "$"
}

function better(key,    i) {
  for (i = 1; i <= patterns; ++i) {
    if (key ~ expression(pattern_of[i])) return better_of[i]
  }
  fail("benchmarks/keys does not say whether more or less is better of " key)
}

# How many times worse than before; 0 for what cannot be compared.
function times_worse(key, old, new,    how) {
  how = better(key)
  if (how == "-" || old <= 0 || new <= 0) return 0
  return how == "less" ? new / old : old / new
}

FNR == 1 { ++file }
file == 1 {
  if ($0 ~ /^#/ || NF == 0) next
  if (NF != 2 || $2 !~ /^(more|less|-)$/) fail(FILENAME ":" FNR ": not 'pattern more|less|-'")
  pattern_of[++patterns] = $1
  better_of[patterns] = $2
  next
}
/^[{}]$/ || NF == 0 { next }
{
  if ($0 !~ /^ *"[a-z0-9_]+": *-?[0-9.]+(e[-+]?[0-9]+)?,?$/) fail(FILENAME ":" FNR ": not one figure a line: " $0)
  split($0, parts, "\"")
  value = parts[3]
  gsub(/[:, ]/, "", value)
  if (file == 2) old_of[parts[2]] = value + 0
  else new_of[parts[2]] = value + 0
  if (!(parts[2] in seen)) {
    seen[parts[2]] = 1
    keys[++count] = parts[2]
  }
  ++figures_in[file]
}

END {
  if (failed) exit failed
  if (!figures_in[2] || !figures_in[3]) fail("no figures in the " (figures_in[2] ? "newer" : "older") " file")
  printf "%-34s%14s%14s%12s  %s\n", "", "old", "new", "new/old", "better"
  for (i = 1; i <= count; ++i) {
    key = keys[i]
    how = better(key)
    if (!(key in new_of)) {
      printf "%-34s%14.3f%14s%12s  %-6s only in the older\n", key, old_of[key], "", "", how
      continue
    }
    if (!(key in old_of)) {
      printf "%-34s%14s%14.3f%12s  %-6s only in the newer\n", key, "", new_of[key], "", how
      continue
    }
    quotient = old_of[key] != 0 ? sprintf("%.2f", new_of[key] / old_of[key]) : ""
    worse = times_worse(key, old_of[key], new_of[key])
    note = ""
    if (worse > ratio) {
      note = sprintf("WORSE by %.2f", worse)
      ++fallen
    }
    printf "%-34s%14.3f%14.3f%12s  %-6s %s\n", key, old_of[key], new_of[key], quotient, how, note
  }
  if (fallen) printf "%d of %d got worse by more than %s\n", fallen, count, ratio
  exit fallen ? 1 : 0
}
