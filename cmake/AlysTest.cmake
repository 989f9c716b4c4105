# SPDX-License-Identifier: Apache-2.0
#
# Tests of this project.
include(AlysTestSources)
if(ALYS_TESTS)
  find_package(Catch2 2.13 REQUIRED)
  find_package(rapidcheck REQUIRED)
  # One precompiled header for all test programs: what most of them include.
  file(TOUCH "${PROJECT_BINARY_DIR}/test_headers.cpp")
  add_library(alys_test_headers OBJECT "${PROJECT_BINARY_DIR}/test_headers.cpp")
  target_link_libraries(alys_test_headers PRIVATE Catch2::Catch2WithMain alys_warnings)
  # What is tested is compiled as it is released. The tests themselves are not worth the optimizer's time: a fourth of all of theirs, and half of
  # it with clang's sanitizers.
  set(alys_test_optimization $<$<CONFIG:Release>:-O1>)
  if(ALYS_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set(alys_test_optimization -O0)
  endif()
  target_compile_options(alys_test_headers PRIVATE ${alys_test_optimization})
  target_include_directories(alys_test_headers PRIVATE
    "${PROJECT_SOURCE_DIR}/libalys-actors/include" "${PROJECT_SOURCE_DIR}/libalys-actors/testkit/include")
  alys_precompile(alys_test_headers PRIVATE <catch2/catch.hpp> <boost/multiprecision/cpp_int.hpp> <alys/actors.hpp> <alys/testkit.hpp>)
endif()

# alys_test_group(<variable> <library>...): what a test of these is about: `core`, the actors library and its test kit; `rules`, the pure functions
# of the domain; `node`, everything above.
function(alys_test_group variable)
  set(group node)
  set(above ${ARGN})
  list(FILTER above EXCLUDE REGEX "^(alys::(actors.*|testkit|domain_rules)|simulation_.*|rapidcheck.*|CAF::.*|OpenSSL::.*|fmt::fmt|nlohmann_json::.*)$")
  if(ARGN AND NOT above)
    set(group core)
    if("alys::domain_rules" IN_LIST ARGN)
      set(group rules)
    endif()
  endif()
  set(${variable} ${group} PARENT_SCOPE)
endfunction()

# alys_test(NAME <name> SOURCES <file>... [LIBS <library>...] [LABELS <label>...] [TIMEOUT <seconds>])
# A Catch2 program whose test cases become tests of ctest, named `<name>: <sentence>`. LABELS is `quick` unless told otherwise; TIMEOUT is 120 s
# for each test case unless told otherwise. Quick programs also get their group as a label: core, rules or node; the targets `core_tests`,
# `rules_tests` and `node_tests` build what is in each.
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

  alys_test_group(group ${arg_LIBS})
  add_dependencies(${group}_tests ${target})
  if("quick" IN_LIST arg_LABELS)
    list(APPEND arg_LABELS ${group})
  endif()
  # Test cases are listed when ctest starts: the program itself is the one source of their names.
  set(listing "${CMAKE_CURRENT_BINARY_DIR}/${target}-$<CONFIG>.cmake")
  file(GENERATE OUTPUT "${listing}" CONTENT
    "include([[${PROJECT_SOURCE_DIR}/cmake/AlysListTestCases.cmake]])\nalys_list_test_cases([[$<TARGET_FILE:${target}>]] ${arg_NAME} [[${arg_LABELS}]] ${arg_TIMEOUT})\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${CMAKE_CURRENT_BINARY_DIR}/${target}-${CMAKE_BUILD_TYPE}.cmake")
endfunction()
