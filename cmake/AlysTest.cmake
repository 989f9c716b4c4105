# SPDX-License-Identifier: Apache-2.0
#
# Tests of this project.
include(AlysTestSources)
if(ALYS_TESTS)
  find_package(Catch2 2.13 REQUIRED)
  find_package(rapidcheck REQUIRED)
  # One precompiled header for all test programs.
  file(TOUCH "${PROJECT_BINARY_DIR}/test_headers.cpp")
  add_library(alys_test_headers OBJECT "${PROJECT_BINARY_DIR}/test_headers.cpp")
  target_link_libraries(alys_test_headers PRIVATE Catch2::Catch2WithMain alys_warnings)
  # What is tested is compiled as it is released. The tests themselves are not worth the optimizer's time, a fourth of all of theirs.
  set(alys_test_optimization $<$<CONFIG:Release>:-O1>)
  target_compile_options(alys_test_headers PRIVATE ${alys_test_optimization})
  alys_precompile(alys_test_headers PRIVATE <catch2/catch.hpp> <boost/multiprecision/cpp_int.hpp>)
endif()

# alys_is_core(<variable> <library>...): whether these hold nothing above the actors library, its test kit and the pure rules.
function(alys_is_core variable)
  set(above ${ARGN})
  list(FILTER above EXCLUDE REGEX "^(alys::(actors.*|testkit|domain_rules)|simulation_.*|rapidcheck.*|CAF::.*|OpenSSL::.*|fmt::fmt|nlohmann_json::.*)$")
  set(${variable} FALSE PARENT_SCOPE)
  if(ARGN AND NOT above)
    set(${variable} TRUE PARENT_SCOPE)
  endif()
endfunction()

# alys_test(NAME <name> SOURCES <file>... [LIBS <library>...] [LABELS <label>...] [TIMEOUT <seconds>])
# A Catch2 program whose test cases become tests of ctest, named `<name>: <sentence>`. LABELS is `quick` unless told otherwise; TIMEOUT is 120 s
# for each test case unless told otherwise. Quick programs that link nothing above the actors library and the pure rules also get the label
# `core`: those are the tests that run under the sanitizers. The target `core_tests` builds them, and
# `node_tests` all others.
function(alys_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;TIMEOUT" "SOURCES;LIBS;LABELS")
  if(NOT arg_NAME OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "alys_test needs NAME and SOURCES; not understood: '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS quick)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set(target test_${arg_NAME})
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_LIBS} Catch2::Catch2WithMain alys_warnings)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_options(${target} PRIVATE ${alys_test_optimization})
  alys_precompile(${target} REUSE_FROM alys_test_headers)
  alys_claim_test_sources(${arg_SOURCES})

  alys_is_core(core ${arg_LIBS})
  if(core AND "quick" IN_LIST arg_LABELS)
    list(APPEND arg_LABELS core)
    add_dependencies(core_tests ${target})
  else()
    add_dependencies(node_tests ${target})
  endif()
  # Test cases are listed when ctest starts: the program itself is the one source of their names.
  set(listing "${CMAKE_CURRENT_BINARY_DIR}/${target}-$<CONFIG>.cmake")
  file(GENERATE OUTPUT "${listing}" CONTENT
    "include([[${PROJECT_SOURCE_DIR}/cmake/AlysListTestCases.cmake]])\nalys_list_test_cases([[$<TARGET_FILE:${target}>]] ${arg_NAME} [[${arg_LABELS}]] ${arg_TIMEOUT})\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${CMAKE_CURRENT_BINARY_DIR}/${target}-${CMAKE_BUILD_TYPE}.cmake")
endfunction()
