# SPDX-License-Identifier: Apache-2.0
#
# Runs inside ctest: makes one test of each test case of a Catch2 program. Catch2 2.13's own discovery loses label lists.

# alys_list_test_cases(<program> <prefix> <labels> <timeout in seconds>)
# Test cases with a hidden tag, such as [.client], are not among them.
function(alys_list_test_cases program prefix labels timeout)
  if(NOT EXISTS "${program}")
    add_test("${prefix}: is built" "${program}")
    set_tests_properties("${prefix}: is built" PROPERTIES LABELS "${labels}")
    return()
  endif()
  execute_process(COMMAND "${program}" "~[.]" --list-test-names-only OUTPUT_VARIABLE listed RESULT_VARIABLE count)
  string(REGEX MATCH "[^\n]*[],;[\"][^\n]*" unusable "${listed}")
  if(unusable)
    message(FATAL_ERROR "${program}: a test name must not hold any of ] [ , ; \": ${unusable}")
  endif()
  string(STRIP "${listed}" listed)
  string(REPLACE "\n" ";" names "${listed}")
  list(LENGTH names length)
  if(length EQUAL 0 OR (length LESS 255 AND NOT count EQUAL length)) # the count is an exit code
    message(FATAL_ERROR "${program}: listing its test cases gave '${count}' and ${length} names")
  endif()
  # Catch takes one -w only: a test without an assertion fails by it, a name that matches no test by its message.
  foreach(name IN LISTS names)
    add_test("${prefix}: ${name}" "${program}" "${name}" -w NoAssertions)
    set_tests_properties("${prefix}: ${name}" PROPERTIES LABELS "${labels}" TIMEOUT ${timeout}
      FAIL_REGULAR_EXPRESSION "No test cases matched")
  endforeach()
endfunction()
