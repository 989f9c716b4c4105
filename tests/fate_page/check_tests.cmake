# SPDX-License-Identifier: Apache-2.0
#
# cmake -D FATE_PAGE=<program> -D PROGRAMS=<list> -P this: gives the names of all test cases of the programs to `fate_page names`.
set(listed "")
foreach(program IN LISTS PROGRAMS)
  execute_process(COMMAND "${program}" --list-test-names-only OUTPUT_VARIABLE names) # its exit code is the number of names
  string(APPEND listed "${names}")
endforeach()
set(file "${CMAKE_CURRENT_BINARY_DIR}/fate-tests.txt")
file(WRITE "${file}" "${listed}")
execute_process(COMMAND "${FATE_PAGE}" names INPUT_FILE "${file}" RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the tests named after the fate table are not the table's entries")
endif()
