# SPDX-License-Identifier: Apache-2.0
#
# Prints the example of a header: the first ```cpp block of the comment that opens it, as code, with the header's own line numbers.
# A header without one is an error.
/^\/\/ ```cpp$/ && !found { inside = found = 1; printf "#line %d \"%s\"\n", NR + 1, FILENAME; next }
/^\/\/ ```$/ { inside = 0 }
inside { sub(/^\/\/ ?/, ""); print }
/^#pragma once/ { exit }
END {
  if (!found) {
    print FILENAME ": no example (```cpp) in the comment that opens it" > "/dev/stderr"
    exit 1
  }
}
