# SPDX-License-Identifier: Apache-2.0
#
# Tests of what must not compile, and of what its author is told.
set(ALYS_WONT_COMPILE "${CMAKE_CURRENT_LIST_DIR}/wont_compile.sh")
find_program(ALYS_GCC NAMES g++-12 g++)
find_program(ALYS_CLANG NAMES clang++-14 clang++)

# alys_wont_compile_test(NAME <sentence> SOURCE <file> WORDS <text> [LIBS <library>...])
# With each compiler: the source must not compile, one line of its errors must hold the words, and with ALYS_CONTROL defined (where the
# source does the same thing rightly) it must compile. LIBS, alys::actors unless told otherwise, lend their include folders.
function(alys_wont_compile_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;SOURCE;WORDS" "LIBS")
  if(NOT arg_NAME OR NOT arg_SOURCE OR NOT arg_WORDS OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "alys_wont_compile_test needs NAME, SOURCE and WORDS; not understood: '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT arg_LIBS)
    set(arg_LIBS alys::actors)
  endif()
  set(includes "")
  foreach(library IN LISTS arg_LIBS)
    list(APPEND includes "-I$<JOIN:$<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>,$<SEMICOLON>-I>")
  endforeach()
  alys_claim_test_sources(${arg_SOURCE})
  foreach(compiler IN ITEMS GCC CLANG)
    string(TOLOWER ${compiler} word)
    set(test "wont compile: ${arg_NAME} (${word})")
    if(ALYS_${compiler})
      add_test(NAME "${test}" COMMAND ${ALYS_WONT_COMPILE} ${CMAKE_CURRENT_SOURCE_DIR}/${arg_SOURCE} ${arg_WORDS} ${ALYS_${compiler}} ${includes}
        COMMAND_EXPAND_LISTS)
    else()
      add_test(NAME "${test}" COMMAND sh -c "echo SKIPPED: no ${word} here; exit 77")
    endif()
    set_tests_properties("${test}" PROPERTIES LABELS quick SKIP_RETURN_CODE 77)
  endforeach()
endfunction()
