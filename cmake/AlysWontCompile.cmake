# SPDX-License-Identifier: Apache-2.0
#
# Tests of what must not compile, and of what its author is told.
set(ALYS_WONT_COMPILE "${CMAKE_CURRENT_LIST_DIR}/wont_compile.sh")
find_program(ALYS_GCC NAMES g++-12 g++)
find_program(ALYS_CLANG NAMES clang++-14 clang++)

# Most of such a compilation would be the library's own headers, so each compiler reads them once, in a fixture of these tests.
file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/wont_compile/prelude.hpp" "#include <alys/actors.hpp>\n")
set(ALYS_ACTORS_INCLUDES "-I$<JOIN:$<TARGET_PROPERTY:alys::actors,INTERFACE_INCLUDE_DIRECTORIES>,$<SEMICOLON>-I>")
set(ALYS_PRELUDE "${CMAKE_CURRENT_BINARY_DIR}/wont_compile/prelude.hpp")

# alys_wont_compile_prelude(): the fixture, for the compilers that are there.
function(alys_wont_compile_prelude)
  foreach(compiler IN ITEMS GCC CLANG)
    if(ALYS_${compiler})
      string(TOLOWER ${compiler} word)
      set(test "wont compile: the headers by themselves are fine (${word})")
      add_test(NAME "${test}" COMMAND ${ALYS_WONT_COMPILE} --prelude ${ALYS_PRELUDE} ${ALYS_${compiler}}
        ${ALYS_ACTORS_INCLUDES} COMMAND_EXPAND_LISTS)
      set_tests_properties("${test}" PROPERTIES LABELS quick FIXTURES_SETUP prelude_${word})
    endif()
  endforeach()
endfunction()

# alys_wont_compile_test(NAME <sentence> SOURCE <file> WORDS <text>)
# With each compiler: the source must not compile, one line of its errors must hold the words, and with ALYS_CONTROL defined (where the
# source does the same thing rightly) it must compile.
function(alys_wont_compile_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;SOURCE;WORDS" "")
  if(NOT arg_NAME OR NOT arg_SOURCE OR NOT arg_WORDS OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "alys_wont_compile_test needs NAME, SOURCE and WORDS; not understood: '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  alys_claim_test_sources(${arg_SOURCE})
  foreach(compiler IN ITEMS GCC CLANG)
    string(TOLOWER ${compiler} word)
    set(test "wont compile: ${arg_NAME} (${word})")
    if(ALYS_${compiler})
      add_test(NAME "${test}" COMMAND ${ALYS_WONT_COMPILE} ${ALYS_PRELUDE} ${CMAKE_CURRENT_SOURCE_DIR}/${arg_SOURCE} ${arg_WORDS}
        ${ALYS_${compiler}} ${ALYS_ACTORS_INCLUDES} COMMAND_EXPAND_LISTS)
    else()
      add_test(NAME "${test}" COMMAND sh -c "echo SKIPPED: no ${word} here; exit 77")
    endif()
    set_tests_properties("${test}" PROPERTIES LABELS quick SKIP_RETURN_CODE 77 FIXTURES_REQUIRED prelude_${word})
  endforeach()
endfunction()
